#pragma once

// Gradients of weights over many steps at once.

#include "sweep.hpp"

namespace tidegate::TIDEGATE_ISA {

// Left side: `count` rows, `stride` apart, of which `columns` values from `values` on count. Right side: panels
// [panel][count][lane] of pack_rows, `right_columns` of them true. strip: room for count · rows_together(1) values.
template <class T>
struct OuterProduct {
    const T* values;
    Index stride, columns, count;
    const T* right;
    Index right_columns;
    T* strip;
};

// strip [count][rows] ← `rows` columns of the left side from `column` on: the inner loop reads it from end to end.
template <class T>
void cut_strip(const OuterProduct<T>& product, Index column, Index rows) {
    constexpr Index R = rows_together(1);
    const T* from = product.values + column;
    T* to = product.strip;
    for (Index k = 0; k < product.count; ++k, from += product.stride, to += rows) {
        if (rows == R) {
            __builtin_memcpy(to, from, R * sizeof(T));  // one move: a loop would go value by value, as the two might overlap
        } else {
            for (Index r = 0; r < rows; ++r) to[r] = from[r];
        }
    }
}

// A sum over thousands of steps in one go would gather as many roundings; parts of this many steps are summed by
// themselves.
inline constexpr Index steps_of_part = 128;

// total [rows][panels][lane] += strip · panels.
template <class T>
void add_in_parts(const OuterProduct<T>& product, Index rows, Index panel, Index panels, T* total) {
    constexpr Index W = width<T>;
    alignas(64) T sums[most_sums<T> * W];
    const Index stride = product.count * W;
    for (Index from = 0; from < product.count; from += steps_of_part) {
        const Index steps = least(steps_of_part, product.count - from);
        const T* strip = product.strip + from * rows;
        for (Index i = 0; i < rows * panels; ++i) store(sums + i * W, Vec<T>{});
        multiply_add<T, 1, true>(&strip, rows, product.right + panel * stride + from * W, panels, stride, W, steps, sums);
        for (Index i = 0; i < rows * panels; ++i) store(total + i * W, load<T>(total + i * W) + load<T>(sums + i * W));
    }
}

// to [columns][right_columns], rows `mine` only: = leftᵀ · right of a single row, where writing is all the work.
template <class T>
void put_outer(const OuterProduct<T>& product, Range mine, T* to) {
    constexpr Index W = width<T>;
    const Index N = product.right_columns;
    for (Index column = mine.begin; column < mine.end; ++column) {
        const T value = product.values[column];
        for (Index at = 0; at < N; at += W) store_part(to + column * N + at, load(product.right + at) * value, N - at);
    }
}

// to [columns][right_columns], rows `mine` only: = or += leftᵀ · right.
template <class T>
void add_outer(const OuterProduct<T>& product, Range mine, bool first, T* to) {
    constexpr Index W = width<T>;
    const Index N = product.right_columns;
    if (mine.count() == 0) return;
    if (first && product.count == 1) return put_outer(product, mine, to);
    const Pieces strips(mine.begin, mine.end, rows_together(1));
    for (Index strip = 0; strip < strips.pieces; ++strip) {
        const Index row = strips.start(strip), rows = strips.start(strip + 1) - row;
        cut_strip(product, row, rows);
        const Pieces groups(0, parts(N, W), panels_together(static_cast<int>(rows), 1));
        for (Index group = 0; group < groups.pieces; ++group) {
            const Index panel = groups.start(group), panels = groups.start(group + 1) - panel;
            const Block block{row, rows, panel, panels};
            alignas(64) T total[most_sums<T> * W];
            each(block, [&](Index r, Index p, Index i) {
                store(total + i * W, first ? Vec<T>{} : load_part(to + r * N + p * W, N - p * W));
            });
            add_in_parts(product, rows, panel, panels, total);
            each(block, [&](Index r, Index p, Index i) {
                store_part(to + r * N + p * W, load(total + i * W), N - p * W);
            });
        }
    }
}

// to [columns] += the sum of `count` rows, `stride` apart; whole vectors.
template <class T>
void add_rows(const T* rows, Index stride, Index count, Range columns, T* to) {
    constexpr Index W = width<T>;
    for (Index column = columns.begin * W; column < columns.end * W; column += W) {
        Vec<T> total = load(to + column);
        for (Index from = 0; from < count; from += steps_of_part) {
            Vec<T> sum{};
            for (Index k = from; k < least(from + steps_of_part, count); ++k) sum += load(rows + k * stride + column);
            total += sum;
        }
        store(to + column, total);
    }
}

}  // namespace tidegate::TIDEGATE_ISA
