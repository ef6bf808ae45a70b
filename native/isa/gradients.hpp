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
    const T* from = product.values + column;
    for (Index k = 0; k < product.count; ++k)
        for (Index r = 0; r < rows; ++r) product.strip[k * rows + r] = from[k * product.stride + r];
}

// to [columns][right_columns], rows `mine` only: = or += leftᵀ · right.
template <class T>
void add_outer(const OuterProduct<T>& product, Range mine, bool first, T* to) {
    constexpr Index W = width<T>;
    const Index N = product.right_columns, panel_stride = product.count * W;
    if (mine.count() == 0) return;
    const Pieces strips(mine.begin, mine.end, rows_together(1));
    alignas(64) T sums[tile_vectors * W];
    for (Index strip = 0; strip < strips.pieces; ++strip) {
        const Index row = strips.start(strip), rows = strips.start(strip + 1) - row;
        cut_strip(product, row, rows);
        const Pieces groups(0, parts(N, W), panels_together(static_cast<int>(rows), 1));
        for (Index group = 0; group < groups.pieces; ++group) {
            const Index panel = groups.start(group), panels = groups.start(group + 1) - panel;
            for (Index i = 0; i < rows * panels; ++i) {
                const Index column = (panel + i % panels) * W;
                store(sums + i * W, first ? Vec<T>{} : load_part(to + (row + i / panels) * N + column, N - column));
            }
            multiply_add<T, 1, true>(&product.strip, rows, product.right + panel * panel_stride, panels, panel_stride,
                                     product.count, sums);
            for (Index i = 0; i < rows * panels; ++i) {
                const Index column = (panel + i % panels) * W;
                store_part(to + (row + i / panels) * N + column, load(sums + i * W), N - column);
            }
        }
    }
}

// to [columns] = or += the sum of `count` rows, `stride` apart; whole vectors.
template <class T>
void add_rows(const T* rows, Index stride, Index count, Range columns, bool first, T* to) {
    constexpr Index W = width<T>;
    for (Index column = columns.begin * W; column < columns.end * W; column += W) {
        Vec<T> sum = first ? Vec<T>{} : load(to + column);
        for (Index k = 0; k < count; ++k) sum += load(rows + k * stride + column);
        store(to + column, sum);
    }
}

}  // namespace tidegate::TIDEGATE_ISA
