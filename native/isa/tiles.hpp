#pragma once

// Products of float32 matrices in AMX tiles; split.hpp says how a float32 becomes three bfloat16 and what a tile holds.
//
// How to use it, in one thread:
//   LeftTiles left(memory, count, depth)          tiles for `count` rows; `memory` of left_tiles_bytes, aligned to 64
//   left.split(rows)                              once the rows are known; some may turn out not to be splittable
//   split_panel(panel, gates, depth, right)       once for each panel of weights
//   TileUnit unit(left.each)                      takes this thread's tile unit, and gives it back at the end of the scope
//   multiply_tiles<R>(left, tile, right, …)       sums += left · right for R = 1 or 2 tiles of rows, any number of columns
// sweep.hpp does all of it but the panels; tile_product.hpp is what remains when both sides are in tiles already. Both sides
// only have to agree on what k is: the left side may as well be columns, the sum one over rows.
//
// An element of the result depends only on its row, its column and the depth, not on what else is multiplied beside it: a
// product may be divided in any way and gives the same bits. Sums of 16 products are made before one is added to the rest,
// which is why the error stays below that of a chain of float32 multiply-adds, though six products stand for one.

#include "panels.hpp"
#include "tile_product.hpp"

namespace tidegate::TIDEGATE_ISA {

// Memory of LeftTiles.
inline Index left_tiles_bytes(Index count, Index depth) {
    return parts(count, tile_rows) * blocks_of(depth) * block_bytes + parts(count, 64) * 64;
}

#if defined(__AMX_BF16__)

// The left side of products: rows of `depth` values in tiles of `each` rows, as equal as can be, 17 being 9 + 8.
class LeftTiles {
public:
    LeftTiles(char* memory, Index count_, Index depth_)
        : count(count_), depth(depth_), tiles(parts(count_, tile_rows)), each(parts(count_, most(tiles, 1))),
          spoilt_(memory), planes_(memory + parts(count_, 64) * 64) {}

    // Rows that cannot be split stand as zeros, and `spoilt` tells them.
    void split(const float* const* rows) {
        any_spoilt = false;
        for (Index row = 0; row < count; ++row) {
            spoilt_[row] = !split_row(rows[row], depth, row % each, planes_ + row / each * tile_stride());
            any_spoilt |= spoilt_[row] != 0;
        }
    }

    const char* tile(Index index) const { return planes_ + index * tile_stride(); }
    bool spoilt(Index row) const { return spoilt_[row] != 0; }

    const Index count, depth, tiles, each;
    bool any_spoilt = false;

private:
    Index tile_stride() const { return blocks_of(depth) * block_bytes; }

    char *spoilt_, *planes_;
};

// The right side: panels of split_panel, all gates of a block of depth side by side.
struct RightTiles {
    const char* panels;
    Index gates, blocks;
    const char* column(Index index) const {
        return panels + (index / gates * blocks * gates + index % gates) * block_bytes;
    }
};

template <int R, int C>
void multiply_tiles(const LeftTiles& left, Index tile, const RightTiles& right, Index column, float* sums, Index stride,
                    const Meanwhile& meanwhile) {
    TileProduct<R, C> product{{}, {}, right.gates * block_bytes, right.blocks, sums, left.each, stride};
    for (int r = 0; r < R; ++r) product.left[r] = left.tile(tile + r);
    for (int c = 0; c < C; ++c) product.right[c] = right.column(column + c);
    product.add(meanwhile);
}

inline Pieces column_pieces(Index columns, Index tiles_of_rows) { return {0, columns, tiles_of_rows == 1 ? 4 : 2}; }

inline Index pieces_meanwhile(Index columns, Index tiles_of_rows, Index depth) {
    return column_pieces(columns, tiles_of_rows).pieces * blocks_of(depth) * 6;
}

// sums [R · each][columns][16] += R tiles of rows, from `tile` on, times `columns` from `column` on. `meanwhile` is done
// pieces_meanwhile times.
template <int R>
void multiply_tiles(const LeftTiles& left, Index tile, const RightTiles& right, Index column, Index columns, float* sums,
                    const Meanwhile& meanwhile = {}) {
    const Pieces pieces = column_pieces(columns, R);
    for (Index piece = 0; piece < pieces.pieces; ++piece) {
        const Index first = pieces.start(piece), now = pieces.start(piece + 1) - first;
        const auto multiply = now == 1   ? multiply_tiles<R, 1>
                              : now == 2 ? multiply_tiles<R, 2>
                              : now == 3 ? multiply_tiles<R, R == 1 ? 3 : 2>
                                         : multiply_tiles<R, R == 1 ? 4 : 2>;
        multiply(left, tile, right, column + first, sums + first * 16, columns * 16, meanwhile);
    }
}

#endif

}  // namespace tidegate::TIDEGATE_ISA
