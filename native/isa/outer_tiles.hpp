#pragma once

// Gradients of weights in tiles: sums over the rows of a stretch. What is made of one gradient's columns, for the input's
// and for the recurrent weights, is made together, so that they are transposed and split only once.

#include "accumulate.hpp"
#include "split_columns.hpp"
#include "tiles.hpp"

namespace tidegate::TIDEGATE_ISA {

// Where the product of a gradient's columns with a right side goes: to [units][columns], or nowhere (null).
struct Destination {
    const char* right;
    Index columns;
    float* to;
};

// `units` columns of the left side, in rows as far apart as OuterTiles says.
struct LeftColumns {
    const float* values;
    Index units;
    Destination destination[2];
};

inline constexpr Index strip_columns = 2 * tile_rows, strips_together = 12;

// Memory of OuterTiles.
inline Index outer_tiles_bytes(Index rows) { return strips_together * 2 * column_tiles_bytes(rows); }

#if defined(__AMX_BF16__)

class OuterTiles {
public:
    // zeros [16]; first: destinations are set, not added to.
    OuterTiles(Index stride, Index rows, const float* zeros, bool first, char* memory)
        : stride_(stride), rows_(rows), zeros_(zeros), first_(first), memory_(memory) {}

    // Strips of two panels of columns are numbered throughout, those of all left sides in turn. A few of them stay
    // in the cache while the whole right side goes by.
    void add(const LeftColumns* left, Index lefts, Range strips) const {
        const TileUnit unit(tile_rows);
        const Pieces groups(strips.begin, strips.end, strips_together);
        for (Index piece = 0; piece < groups.pieces; ++piece) {
            Strip group[strips_together];
            Index count = 0;
            for (Index i = groups.start(piece); i < groups.start(piece + 1); ++i) {
                const LeftColumns& columns = left[i % lefts];
                const Index first = i / lefts * strip_columns;
                if (first >= columns.units) continue;
                group[count] = {&columns, first, memory_ + count * 2 * column_tiles_bytes(rows_)};
                split(group[count++]);
            }
            for (Index destination = 0; destination < 2; ++destination) add_group(group, count, destination);
        }
    }

private:
    struct Strip {
        const LeftColumns* of;
        Index first;
        char* tiles;
        Index units() const { return least(strip_columns, of->units - first); }
    };

    void split(const Strip& strip) const {
        for (Index panel = 0; panel * 16 < strip.units(); ++panel)
            split_left(strip.of->values + strip.first + panel * 16, stride_, rows_, zeros_,
                       strip.tiles + panel * column_tiles_bytes(rows_));
    }

    void add_group(const Strip* group, Index count, Index index) const {
        Index columns = 0;
        for (Index i = 0; i < count; ++i) columns = most(columns, group[i].of->destination[index].columns);
        for (Index column = 0; column < columns; column += 32)
            for (Index i = 0; i < count; ++i) {
                const Destination& to = group[i].of->destination[index];
                if (!to.to || column >= to.columns) continue;
                const bool two_rows = group[i].units() > 16, two_columns = to.columns - column > 16;
                if (two_rows && two_columns)
                    add_block<2, 2>(group[i], to, column);
                else if (two_rows)
                    add_block<2, 1>(group[i], to, column);
                else if (two_columns)
                    add_block<1, 2>(group[i], to, column);
                else
                    add_block<1, 1>(group[i], to, column);
            }
    }

    template <int R, int C>
    void add_block(const Strip& strip, const Destination& destination, Index column) const {
        alignas(64) float sums[R * 16 * C * 16];
        for (Index row = 0; row < strip.units(); ++row)
            for (Index c = 0; c < C; ++c)
                __builtin_prefetch(destination.to + (strip.first + row) * destination.columns + column + c * 16, 1);
        fill_zero(sums, R * 16 * C * 16);
        const Index panel_bytes = column_tiles_bytes(rows_);
        TileProduct<R, C> product{{}, {}, block_bytes, blocks_of(rows_), sums, tile_rows, C * 16};
        for (int r = 0; r < R; ++r) product.left[r] = strip.tiles + r * panel_bytes;
        for (int c = 0; c < C; ++c) product.right[c] = destination.right + (column / 16 + c) * panel_bytes;
        product.add(Meanwhile{});
        for (Index row = 0; row < strip.units(); ++row) {
            for (Index c = 0; c < C; ++c) {
                const Index at = column + c * 16;
                float* to = destination.to + (strip.first + row) * destination.columns + at;
                Vec<float> sum = load(sums + (row * C + c) * 16);
                if (!first_) sum += load_part(to, destination.columns - at);
                store_part(to, sum, destination.columns - at);
            }
            // A matrix unit that idles for half a microsecond needs as long again to wake.
            if (row % 8 == 7) tile_multiply<0, 4, 6>();
        }
    }

    Index stride_, rows_;
    const float* zeros_;
    bool first_;
    char* memory_;
};

#endif

}  // namespace tidegate::TIDEGATE_ISA
