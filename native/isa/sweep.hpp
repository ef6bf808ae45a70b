#pragma once

#include "matrix.hpp"
#include "tiles.hpp"

namespace tidegate::TIDEGATE_ISA {

// The left side of a product: rows at their pointers, and memory to lay them out in tiles (left_tiles_bytes) if the right
// side is.
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
                       const Matrix<float>& weights, float* sums, const Meanwhile& meanwhile) {
    const RightTiles right{weights.tiles, G, blocks_of(left.depth)};
    const Index columns = block.panels * G, tile = block.row / left.each;
    const auto add = block.rows > left.each ? multiply_tiles<2> : multiply_tiles<1>;
    add(left, tile, right, block.panel * G, columns, sums, meanwhile);
    if (!left.any_spoilt) return;
    for (Index r = 0; r < block.rows; ++r)
        if (const Index row = block.row + r; left.spoilt(row))
            multiply<float, G>(operands.rows + row, Block{row, 1, block.panel, block.panels}, weights,
                               sums + r * columns * width<float>);
}

// The end of a block, done a few rows at a time during the next one's product.
template <int G, class End>
class Ending {
public:
    explicit Ending(End& end) : end_(end) {}

    void begin(const Block& block, const float* sums, Index pieces) {
        block_ = block;
        sums_ = sums;
        rows_ = parts(block.rows, pieces);
        done_ = 0;
    }

    void finish() {
        while (done_ < block_.rows) piece(this);
    }

    Meanwhile meanwhile() { return {piece, this}; }

private:
    static void piece(void* context) {
        Ending& self = *static_cast<Ending*>(context);
        const Block& block = self.block_;
        const Index rows = least(self.rows_, block.rows - self.done_);
        if (rows == 0) return;
        self.end_(Block{block.row + self.done_, rows, block.panel, block.panels},
                  self.sums_ + self.done_ * block.panels * G * width<float>);
        self.done_ += rows;
    }

    End& end_;
    Block block_{};
    const float* sums_ = nullptr;
    Index rows_ = 0, done_ = 0;
};

template <int G, class Begin, class End>
void sweep_in_tiles(Index rows, Range range, const Operands<float>& operands, const Matrix<float>& weights, Begin begin,
                    End end) {
    LeftTiles left(operands.tiles, rows, weights.part[0].depth);
    left.split(operands.rows);
    const TileUnit unit(left.each);
    const Pieces groups(range.begin, range.end, panels_in_tiles(G));
    alignas(64) float sums[2][most_sums<float> * width<float>];
    Ending<G, End> ending(end);
    int turn = 0;
    for (Index group = 0; group < groups.pieces; ++group)
        for (Index row = 0; row < rows; row += 2 * left.each, turn ^= 1) {
            const Index panel = groups.start(group);
            const Block block{row, least(2 * left.each, rows - row), panel, groups.start(group + 1) - panel};
            begin(block, sums[turn]);
            multiply_in_tiles<G>(operands, left, block, weights, sums[turn], ending.meanwhile());
            ending.finish();
            ending.begin(block, sums[turn], pieces_meanwhile(block.panels * G, parts(block.rows, left.each), left.depth));
        }
    ending.finish();
}

#endif

// For every block of `rows` × `range`: begin(block, sums), sums += operands · weights, end(block, sums). In tiles a block's
// end comes in several parts, and after the next one's begin. Panels are the outer loop: one is read from far away once and
// used by all rows.
template <class T, int G, class Begin, class End>
void sweep(Index rows, Range range, const Operands<T>& operands, const Matrix<T>& weights, Begin begin, End end) {
    if (rows == 0 || range.count() == 0) return;
    if constexpr (has_tiles<T>)
        if (weights.tiles) return sweep_in_tiles<G>(rows, range, operands, weights, begin, end);
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
