#pragma once

// The one inner loop of the engine: a few rows times a few panels of weights, all sums held in registers.
//
// A panel holds the weights of one vector of units, all gates side by side: panel[k][gate][lane]. Each sum runs over
// k = 0, 1, … in that order, in stretches of a fixed length, whatever the number of rows or panels taken together, so that
// results do not depend on how the work was divided.

#include "vector.hpp"

namespace tidegate::TIDEGATE_ISA {

// What is needed soon and lies far away: `each` bytes of it are fetched with every k, two lines at the most. Or null.
struct Soon {
    const char* from = nullptr;
    Index each = 0;

    // An address that is none takes the processor longer than one that is near already.
    Soon or_near(const void* near) const { return from ? *this : Soon{static_cast<const char*>(near), 0}; }

    [[gnu::always_inline]] void fetch(Index k) const {
        const char* now = from + k * each;
        __builtin_prefetch(now, 0, 2);
        __builtin_prefetch(now + 64, 0, 2);
    }
};

// With fewer rows than this the weights of a product go by faster than others could be fetched beside them.
inline constexpr int least_rows_that_fetch = 5;

// rows   [R] pointers to [depth] values each, or, Interleaved, rows[0] to [depth][R] values
// panels [N] panels, `panel_stride` values apart, `next` values from one k to the following one
// sums   [R][N][G][lanes]: begun by the caller, added to here; may not overlap the others
template <class T, int G, int R, int N, bool Interleaved>
void accumulate(const T* const* rows, const T* panels, Index panel_stride, Index next, Index depth, T* sums,
                Soon soon) {
    constexpr Index W = width<T>;
    // Sums of up to `stretch` products, added up: the rounding of one long sum would grow with its length.
    constexpr Index stretch = 64;
    soon = soon.or_near(panels);
    const T* row[R];
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) row[r] = Interleaved ? rows[0] + r : rows[r];
    for (Index begin = 0; begin < depth; begin += stretch) {
        const Index end = least(depth, begin + stretch);
        Vec<T> sum[R][N][G];
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
            for (int n = 0; n < N; ++n)
#pragma GCC unroll 8
                for (int g = 0; g < G; ++g) sum[r][n][g] = Vec<T>{};
        }
#pragma GCC unroll 2
        for (Index k = begin; k < end; ++k) {
            if constexpr (R >= least_rows_that_fetch && !Interleaved) soon.fetch(k);
            Vec<T> weight[N][G];
#pragma GCC unroll 8
            for (int n = 0; n < N; ++n)
#pragma GCC unroll 8
                for (int g = 0; g < G; ++g) weight[n][g] = load(panels + n * panel_stride + k * next + g * W);
#pragma GCC unroll 8
            for (int r = 0; r < R; ++r) {
                const T value = row[Interleaved ? 0 : r][Interleaved ? k * R + r : k];
#pragma GCC unroll 8
                for (int n = 0; n < N; ++n)
#pragma GCC unroll 8
                    for (int g = 0; g < G; ++g) sum[r][n][g] += weight[n][g] * value;
            }
        }
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
            for (int n = 0; n < N; ++n)
#pragma GCC unroll 8
                for (int g = 0; g < G; ++g) {
                    T* to = sums + ((r * N + n) * G + g) * W;
                    store(to, load<T>(to) + sum[r][n][g]);
                }
    }
}

// How many panels go together with R rows of G gates: enough sums to hide the latency of a multiply-add.
constexpr int panels_together(int rows, int gates) {
    const int fitting = sums_in_registers / (rows * gates);
    return fitting < 1 ? 1 : fitting > 4 ? 4 : fitting;
}

constexpr int rows_together(int gates) {
    const int panels = gates == 1 ? 3 : 1;
    const int fitting = sums_in_registers / (panels * gates);
    return fitting > most_rows ? most_rows : fitting;
}

template <class T>
using Kernel = void (*)(const T* const* rows, const T* panels, Index panel_stride, Index next, Index depth, T* sums,
                        Soon soon);

template <class T, int G, bool Interleaved>
struct Kernels {
    static constexpr int rows = rows_together(G);

    template <int R, int N>
    static constexpr Kernel<T> pick(int panels) {
        if constexpr (N > panels_together(R, G)) {
            return nullptr;
        } else {
            return panels == N ? accumulate<T, G, R, N, Interleaved> : pick<R, N + 1>(panels);
        }
    }

    template <int R>
    static constexpr Kernel<T> pick_rows(int rows_now, int panels) {
        if constexpr (R > rows) {
            return nullptr;
        } else {
            return rows_now == R ? pick<R, 1>(panels) : pick_rows<R + 1>(rows_now, panels);
        }
    }

    struct Table {
        Kernel<T> kernel[rows][4];
        constexpr Table() : kernel() {
            for (int r = 1; r <= rows; ++r)
                for (int n = 1; n <= 4; ++n) kernel[r - 1][n - 1] = pick_rows<1>(r, n);
        }
    };
    static constexpr Table table{};
};

// Room for the sums of any product, in vectors: two tiles of 16 rows by six where there are tiles.
template <class T>
inline constexpr Index most_sums = has_tiles<T> ? 192 : 32;

// rows [count] pointers, count ≤ rows_together(G); `panels_now` ≤ panels_together(count, G).
template <class T, int G, bool Interleaved = false>
[[gnu::always_inline]] inline void multiply_add(const T* const* rows, Index count, const T* panels, Index panels_now,
                                               Index panel_stride, Index next, Index depth, T* sums,
                                               const Soon& soon = {}) {
    Kernels<T, G, Interleaved>::table.kernel[count - 1][panels_now - 1](rows, panels, panel_stride, next, depth, sums, soon);
}

// A range cut in equal pieces of at most `size`: 17 rows by 8 are 6 + 6 + 5, not 8 + 8 + 1.
struct Pieces {
    Index begin, count, pieces;
    Pieces(Index begin_, Index end, Index size) : begin(begin_), count(end - begin_), pieces(parts(end - begin_, size)) {}
    Index start(Index piece) const { return begin + count * piece / pieces; }
};

}  // namespace tidegate::TIDEGATE_ISA
