#pragma once

// Weights laid out for the inner loop.

#include <utility>

#include "accumulate.hpp"

namespace tidegate::TIDEGATE_ISA {

struct Range {
    Index begin, end;
    Index count() const { return end - begin; }
};

inline Range share(Index whole, Index rank, Index size) { return {whole * rank / size, whole * (rank + 1) / size}; }

template <class T>
void fill_zero(T* to, Index count) {
    for (Index i = 0; i < count; ++i) to[i] = T(0);
}

template <class T>
void copy_row(T* to, const T* from, Index count) {
    for (Index i = 0; i < count; ++i) to[i] = from[i];
}

// Lane l of `first` and `second` (rows i and i + step of a square) after those lanes changed places that stand step apart
// from the diagonal.
template <class T, Index step, std::size_t... lane>
[[gnu::always_inline]] inline void exchange(Vec<T>& first, Vec<T>& second, std::index_sequence<lane...>) {
    constexpr Index W = width<T>;
    const Vec<T> a = first, b = second;
    first = __builtin_shufflevector(a, b, (lane & step ? lane - step + W : lane)...);
    second = __builtin_shufflevector(a, b, (lane & step ? lane + W : lane + step)...);
}

template <class T, Index step = width<T> / 2>
[[gnu::always_inline]] inline void transpose(Vec<T>* square) {
#pragma GCC unroll 16
    for (Index row = 0; row < width<T>; ++row)
        if (!(row & step)) exchange<T, step>(square[row], square[row + step], std::make_index_sequence<width<T>>{});
    if constexpr (step > 1) transpose<T, step / 2>(square);
}

// panels [panel][column][gate][lane] ← weights [gates · units][columns]: a forward product. Lanes beyond `units` are 0.
template <class T>
void pack_gates(const T* weights, Index gates, Index units, Index columns, Range range, T* panels) {
    constexpr Index W = width<T>;
    for (Index panel = range.begin; panel < range.end; ++panel)
        for (Index start = 0; start < columns; start += W)
            for (Index gate = 0; gate < gates; ++gate) {
                Vec<T> square[W];
#pragma GCC unroll 16
                for (Index lane = 0; lane < W; ++lane) {
                    const Index unit = panel * W + lane;
                    const T* row = weights + (gate * units + unit) * columns + start;
                    square[lane] = unit < units ? load_part(row, columns - start) : Vec<T>{};
                }
                transpose<T>(square);
                T* to = panels + ((panel * columns + start) * gates + gate) * W;
#pragma GCC unroll 16
                for (Index k = 0; k < W; ++k)
                    if (k < columns - start) store(to + k * gates * W, square[k]);
            }
}

// panels [panel][slot · padded units][lane] ← weights [gates · units][columns], `gate_of[slot]` in place `slot`: the
// product with the transpose that backward needs. Rows of padding units and lanes beyond `columns` are 0.
template <class T>
void pack_transposed(const T* weights, const int* gate_of, Index slots, Index units, Index columns, Range range, T* panels) {
    constexpr Index W = width<T>;
    const Index rows = padded<T>(units);
    for (Index panel = range.begin; panel < range.end; ++panel)
        for (Index slot = 0; slot < slots; ++slot) {
            T* to = panels + (panel * slots + slot) * rows * W;
            const T* from = weights + gate_of[slot] * units * columns + panel * W;
            for (Index unit = 0; unit < units; ++unit)
                store(to + unit * W, load_part(from + unit * columns, columns - panel * W));
            fill_zero(to + units * W, (rows - units) * W);
        }
}

// panels [panel][row][lane] ← rows of `columns` values, each at a pointer of its own, times its factors if there are any:
// the right side of a weight gradient.
template <class T>
void pack_rows(const T* const* rows, const T* const* factors, Index count, Index columns, Range range, T* panels) {
    constexpr Index W = width<T>;
    for (Index panel = range.begin; panel < range.end; ++panel)
        for (Index row = 0; row < count; ++row) {
            const Index at = panel * W;
            Vec<T> values = load_part(rows[row] + at, columns - at);
            if (factors) values *= load_part(factors[row] + at, columns - at);
            store(panels + (panel * count + row) * W, values);
        }
}

// to [panel][gates][lane] ← from, plus `also` in the first `also_gates` gates; both [gates · units] or null.
template <class T>
void pack_bias(const T* from, const T* also, Index also_gates, Index gates, Index units, T* to) {
    constexpr Index W = width<T>;
    for (Index gate = 0; gate < gates; ++gate)
        for (Index unit = 0; unit < units; unit += W) {
            const Index at = gate * units + unit;
            Vec<T> value{};
            if (from) value = load_part(from + at, units - unit);
            if (also && gate < also_gates) value += load_part(also + at, units - unit);
            store(to + (unit * gates + gate * W), value);
        }
}

}  // namespace tidegate::TIDEGATE_ISA
