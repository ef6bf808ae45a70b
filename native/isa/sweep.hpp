#pragma once

#include "division.hpp"
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

// Weights beyond a core's own cache come from far away, and a product waits for them, though the way is free while it works
// on others that are near. So each group of panels is fetched while the group before is multiplied, some of it with every
// block of rows; but not if two groups would drive each other and the rows out of the cache.
class Far {
public:
    Far(const void* panels, Index panel_bytes, const Pieces& groups, Index blocks_of_rows)
        : panels_(static_cast<const char*>(panels)), panel_bytes_(panel_bytes), groups_(groups),
          blocks_of_rows_(blocks_of_rows),
          fetched_(panels && groups.count * panel_bytes > own_cache_bytes && bytes_of(0) <= own_cache_bytes / 2) {}

    struct Bytes {
        const char* from;
        Index count;
    };

    // What to fetch during one block of rows of a group.
    Bytes during(Index group, Index block) const {
        if (!fetched_ || group + 1 >= groups_.pieces) return {panels_, 0};
        const Index bytes = bytes_of(group + 1);
        return {panels_ + groups_.start(group + 1) * panel_bytes_ + bytes * block / blocks_of_rows_, bytes / blocks_of_rows_};
    }

private:
    Index bytes_of(Index group) const { return (groups_.start(group + 1) - groups_.start(group)) * panel_bytes_; }

    const char* panels_;
    Index panel_bytes_;
    const Pieces& groups_;
    Index blocks_of_rows_;
    bool fetched_;
};

#if defined(__AMX_BF16__)

// Panels that share a block: four or six columns of tiles, which two tiles of rows take two by two.
constexpr int panels_in_tiles(int gates) { return gates == 1 ? 4 : gates == 4 ? 1 : 2; }

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

// Lines of memory brought near, `each` at a time.
struct Fetch {
    const char* from = nullptr;
    Index each = 0;
    [[gnu::always_inline]] void some() {
        for (Index line = 0; line < each; ++line, from += 64) __builtin_prefetch(from, 0, 2);
    }
};

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

    Meanwhile meanwhile(const Fetch& fetch) {
        fetch_ = fetch;
        return {piece, this};
    }

private:
    static void piece(void* context) {
        Ending& self = *static_cast<Ending*>(context);
        const Block& block = self.block_;
        self.fetch_.some();
        const Index rows = least(self.rows_, block.rows - self.done_);
        if (rows == 0) return;
        self.end_(Block{block.row + self.done_, rows, block.panel, block.panels},
                  self.sums_ + self.done_ * block.panels * G * width<float>);
        self.done_ += rows;
    }

    End& end_;
    Fetch fetch_;
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
    const Index together = 2 * left.each;
    const Far far(weights.tiles, G * blocks_of(left.depth) * block_bytes, groups, parts(rows, together));
    int turn = 0;
    for (Index group = 0; group < groups.pieces; ++group)
        for (Index row = 0; row < rows; row += together, turn ^= 1) {
            const Index panel = groups.start(group);
            const Block block{row, least(together, rows - row), panel, groups.start(group + 1) - panel};
            const Index pieces = pieces_meanwhile(block.panels * G, parts(block.rows, left.each), left.depth);
            const Far::Bytes next = far.during(group, row / together);
            begin(block, sums[turn]);
            multiply_in_tiles<G>(operands, left, block, weights, sums[turn],
                                 ending.meanwhile({next.from, parts(next.count, pieces * 64)}));
            ending.finish();
            ending.begin(block, sums[turn], pieces);
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
    const Part<T>& part = weights.part[0];
    const bool in_panels = weights.parts == 1 && part.next == G * width<T>;
    const Far far(in_panels ? part.panels : nullptr, part.stride * static_cast<Index>(sizeof(T)), groups, blocks.pieces);
    alignas(64) T sums[most_sums<T> * width<T>];
    for (Index group = 0; group < groups.pieces; ++group)
        for (Index piece = 0; piece < blocks.pieces; ++piece) {
            const Index row = blocks.start(piece), panel = groups.start(group);
            const Block block{row, blocks.start(piece + 1) - row, panel, groups.start(group + 1) - panel};
            const Far::Bytes next = far.during(group, piece);
            begin(block, sums);
            multiply<T, G>(operands.rows + row, block, weights, sums, {next.from, next.count / most(part.depth, 1)});
            end(block, sums);
        }
}

}  // namespace tidegate::TIDEGATE_ISA
