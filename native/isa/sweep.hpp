#pragma once

#include "matrix.hpp"
#include "tiles.hpp"

namespace tidegate::TIDEGATE_ISA {

// The left side of a product: rows at their pointers, and memory to lay them out for tiles (left_tiles_bytes), or null.
template <class T>
struct Operands {
    const T* const* rows;
    char* tiles = nullptr;
};

#if defined(__AMX_BF16__)

// Panels that share a block: four columns of tiles.
constexpr int panels_in_tiles(int gates) { return gates == 1 ? 4 : gates == 2 ? 2 : 1; }

// sums of a block += operands · weights, the block's rows being one or two tiles.
template <int G>
void multiply_in_tiles(const Operands<float>& operands, const LeftTiles& left, const Block& block,
                       const Matrix<float>& weights, float* sums) {
    const RightTiles right{weights.tiles, G, blocks_of(left.depth)};
    const Index columns = block.panels * G, tile = block.row / left.each;
    const auto add = block.rows > left.each ? multiply_tiles<2> : multiply_tiles<1>;
    add(left, tile, right, block.panel * G, columns, sums);
    if (!left.any_spoilt) return;
    for (Index r = 0; r < block.rows; ++r)
        if (const Index row = block.row + r; left.spoilt(row))
            multiply<float, G>(operands.rows + row, Block{row, 1, block.panel, block.panels}, weights,
                               sums + r * columns * width<float>);
}

// A matrix unit that was idle for half a microsecond needs as long again to wake, so it is kept busy now and then while
// other work is done with a block: this many rows at a time.
inline constexpr Index rows_while_awake = 6;

// end(part, its sums) for a block in parts.
template <int G, class End>
void end_in_parts(const Block& block, const float* sums, End end) {
    for (Index done = 0; done < block.rows; done += rows_while_awake) {
        const Index rows = least(rows_while_awake, block.rows - done);
        end(Block{block.row + done, rows, block.panel, block.panels}, sums + done * block.panels * G * width<float>);
        tile_multiply<0, 4, 6>();
    }
}

template <int G, class Begin, class End>
void sweep_in_tiles(Index rows, Range range, const Operands<float>& operands, const Matrix<float>& weights, Begin begin,
                    End end) {
    LeftTiles left(operands.tiles, rows, weights.part[0].depth);
    left.split(operands.rows);
    const TileUnit unit(left.each);
    const Pieces groups(range.begin, range.end, panels_in_tiles(G));
    alignas(64) float sums[most_sums<float> * width<float>];
    for (Index group = 0; group < groups.pieces; ++group)
        for (Index row = 0; row < rows; row += 2 * left.each) {
            const Index panel = groups.start(group);
            const Block block{row, least(2 * left.each, rows - row), panel, groups.start(group + 1) - panel};
            begin(block, sums);
            multiply_in_tiles<G>(operands, left, block, weights, sums);
            end_in_parts<G>(block, sums, end);
        }
}

#endif

// For every block of `rows` × `range`: begin(block, sums), sums += operands · weights, end(block, sums), the last perhaps
// in several parts. Panels are the outer loop: one is read from far away once and used by all rows.
template <class T, int G, class Begin, class End>
void sweep(Index rows, Range range, const Operands<T>& operands, const Matrix<T>& weights, Begin begin, End end) {
    if (rows == 0 || range.count() == 0) return;
    if constexpr (has_tiles<T>)
        if (operands.tiles && weights.tiles) return sweep_in_tiles<G>(rows, range, operands, weights, begin, end);
    const Pieces blocks(0, rows, rows_together(G));
    const Pieces groups(range.begin, range.end, panels_together(static_cast<int>(parts(rows, blocks.pieces)), G));
    alignas(64) T sums[most_sums<T> * width<T>];
    for (Index group = 0; group < groups.pieces; ++group)
        for (Index piece = 0; piece < blocks.pieces; ++piece) {
            const Index row = blocks.start(piece), panel = groups.start(group);
            const Block block{row, blocks.start(piece + 1) - row, panel, groups.start(group + 1) - panel};
            begin(block, sums);
            multiply<T, G>(operands.rows + row, block, weights, sums);
            end(block, sums);
        }
}

}  // namespace tidegate::TIDEGATE_ISA
