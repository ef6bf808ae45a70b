#pragma once

// float32 numbers as sums of three bfloat16 numbers, laid out for matrix units that multiply bfloat16 (A. Henry, P. T. P.
// Tang, A. Heinecke: Leveraging the bfloat16 artificial intelligence datatype for higher-precision computations, 2019,
// arXiv:1904.06376).
//
// A float32 has 24 bits, a bfloat16 has 8: x = high + middle + low, exactly. High and middle are rounded to nearest, so
// that what is left is small. Of the nine products of two such sums the six largest give all but 2⁻²⁵ of the whole.
//
// A tile is 1 KiB: 16 rows of 64 bytes, each row 16 pairs of bfloat16. Where a product sums over k, a block of 32 k makes
// one tile each of high, middle and low parts, one after the other (`block_bytes`), and pair j of a block is k = j and
// k = j + 16: no lane has to move for it.
//
// Numbers that are not finite cannot be split, and those of 2⁵⁶ and more could overflow in a part of a product though the
// product is fine. They become 0 here, and who asks for the split is told: such rows, or all, go another way. Parts below
// 2⁻¹²⁶ count as 0 in the matrix unit, which is nothing beside any other value above 10⁻³¹.

#include "vector.hpp"

namespace tidegate::TIDEGATE_ISA {

inline constexpr Index tile_bytes = 1024, tile_rows = 16, block_depth = 32, block_bytes = 3 * tile_bytes;

[[gnu::always_inline]] inline Index blocks_of(Index depth) { return parts(depth, block_depth); }

#if defined(__AMX_BF16__)

typedef std::uint32_t Bits __attribute__((vector_size(64), may_alias));

struct Planes {
    Bits high, middle, low;
};

// The nearest bfloat16 of each lane, as a float32.
[[gnu::always_inline]] inline Vec<float> upper_half(Vec<float> x) {
    return (Vec<float>)(((Bits)x + 0x8000u) & 0xffff0000u);
}

// Upper halves of both: of `first` in the lower half of each lane. Masked, since what is left of a tiny number is denormal
// and has bits in its lower half, which would fall into `first`.
[[gnu::always_inline]] inline Bits paired(Vec<float> first, Vec<float> second) {
    return (Bits)first >> 16 | ((Bits)second & 0xffff0000u);
}

[[gnu::always_inline]] inline Planes split_pair(Vec<float> first, Vec<float> second) {
    const Vec<float> high = upper_half(first), high_too = upper_half(second);
    const Vec<float> rest = first - high, rest_too = second - high_too;
    const Vec<float> middle = upper_half(rest), middle_too = upper_half(rest_too);
    return {paired(high, high_too), paired(middle, middle_too), paired(rest - middle, rest_too - middle_too)};
}

// One row of the three tiles of a block.
[[gnu::always_inline]] inline void store_row(char* block, Index row, const Planes& planes) {
    char* to = block + row * 64;
    *reinterpret_cast<Bits*>(to) = planes.high;
    *reinterpret_cast<Bits*>(to + tile_bytes) = planes.middle;
    *reinterpret_cast<Bits*>(to + 2 * tile_bytes) = planes.low;
}

// Remembers whether any lane it saw cannot be split.
class Splittable {
public:
    [[gnu::always_inline]] void see(Vec<float> x) {
        const Bits size = (Bits)x & 0x7fffffffu;
        largest_ = size > largest_ ? size : largest_;
    }
    [[gnu::always_inline]] bool all() const {
        constexpr std::uint32_t limit = (127 + 56) << 23;
        bool fine = true;
        for (int lane = 0; lane < 16; ++lane) fine &= largest_[lane] < limit;
        return fine;
    }

private:
    Bits largest_{};
};

// Left side: row `row` of a tile of rows ← from [depth]; the tile's blocks lie one after the other. false: the row cannot
// be split, and zeros stand for it.
inline bool split_row(const float* from, Index depth, Index row, char* blocks) {
    Splittable seen;
    for (Index k = 0; k < depth; k += block_depth) {
        const Vec<float> first = load_part(from + k, depth - k), second = load_part(from + k + 16, depth - k - 16);
        seen.see(first);
        seen.see(second);
        store_row(blocks + k / block_depth * block_bytes, row, split_pair(first, second));
    }
    if (seen.all()) return true;
    for (Index block = 0; block < blocks_of(depth); ++block) store_row(blocks + block * block_bytes, row, Planes{});
    return false;
}

// Right side: tiles [block][gate] ← one panel [depth][gates][16] of pack_gates or its like. false: it cannot be split.
inline bool split_panel(const float* panel, Index gates, Index depth, char* tiles) {
    Splittable seen;
    for (Index k = 0; k < depth; k += block_depth)
        for (Index gate = 0; gate < gates; ++gate, tiles += block_bytes)
            for (Index pair = 0; pair < 16; ++pair) {
                const Index at = k + pair, later = at + 16;
                const Vec<float> first = at < depth ? load(panel + (at * gates + gate) * 16) : Vec<float>{};
                const Vec<float> second = later < depth ? load(panel + (later * gates + gate) * 16) : Vec<float>{};
                seen.see(first);
                seen.see(second);
                store_row(tiles, pair, split_pair(first, second));
            }
    return seen.all();
}

#endif

}  // namespace tidegate::TIDEGATE_ISA
