#pragma once

#include "matrix.hpp"

namespace tidegate::TIDEGATE_ISA {

// For every block of `rows` × `range`: begin(block, sums), sums += operands · weights, end(block, sums). Panels are the
// outer loop: one is read from far away once and used by all rows.
template <class T, int G, class Begin, class End>
void sweep(Index rows, Range range, const T* const* operands, const Matrix<T>& weights, Begin begin, End end) {
    if (rows == 0 || range.count() == 0) return;
    const Pieces blocks(0, rows, rows_together(G));
    const Pieces groups(range.begin, range.end, panels_together(static_cast<int>(parts(rows, blocks.pieces)), G));
    alignas(64) T sums[tile_vectors * width<T>];
    for (Index group = 0; group < groups.pieces; ++group)
        for (Index piece = 0; piece < blocks.pieces; ++piece) {
            const Index row = blocks.start(piece), panel = groups.start(group);
            const Block block{row, blocks.start(piece + 1) - row, panel, groups.start(group + 1) - panel};
            begin(block, sums);
            multiply<T, G>(operands + row, block, weights, sums);
            end(block, sums);
        }
}

}  // namespace tidegate::TIDEGATE_ISA
