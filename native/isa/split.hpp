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

#if defined(__AMX_BF16__)

namespace tidegate::TIDEGATE_ISA {

inline constexpr Index tile_bytes = 1024, tile_rows = 16, block_depth = 32, block_bytes = 3 * tile_bytes;

[[gnu::always_inline]] inline Index blocks_of(Index depth) { return parts(depth, block_depth); }

struct Planes {
    __m512i high, middle, low;
};

// The nearest bfloat16 of each lane, as a float32.
[[gnu::always_inline]] inline __m512 upper_half(__m512 x) {
    const __m512i rounded = _mm512_add_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x8000));
    return _mm512_castsi512_ps(_mm512_and_si512(rounded, _mm512_set1_epi32(static_cast<int>(0xffff0000))));
}

// Upper halves of both: of `first` in the lower half of each lane.
[[gnu::always_inline]] inline __m512i paired(__m512 first, __m512 second) {
    return _mm512_or_si512(_mm512_srli_epi32(_mm512_castps_si512(first), 16), _mm512_castps_si512(second));
}

[[gnu::always_inline]] inline Planes split_pair(__m512 first, __m512 second) {
    const __m512 high = upper_half(first), high_too = upper_half(second);
    const __m512 rest = first - high, rest_too = second - high_too;
    const __m512 middle = upper_half(rest), middle_too = upper_half(rest_too);
    return {paired(high, high_too), paired(middle, middle_too), paired(rest - middle, rest_too - middle_too)};
}

// One row of the three tiles of a block.
[[gnu::always_inline]] inline void store_row(char* block, Index row, const Planes& planes) {
    char* to = block + row * 64;
    _mm512_store_si512(to, planes.high);
    _mm512_store_si512(to + tile_bytes, planes.middle);
    _mm512_store_si512(to + 2 * tile_bytes, planes.low);
}

// Remembers whether any lane it saw cannot be split.
class Splittable {
public:
    [[gnu::always_inline]] void see(__m512 x) {
        const __m512i size = _mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32(0x7fffffff));
        largest_ = _mm512_max_epu32(largest_, size);
    }
    [[gnu::always_inline]] bool all() const {
        constexpr int limit = (127 + 56) << 23;
        return _mm512_cmpge_epu32_mask(largest_, _mm512_set1_epi32(limit)) == 0;
    }

private:
    __m512i largest_ = _mm512_setzero_si512();
};

[[gnu::always_inline]] inline __m512 load_first(const float* from, Index count) {
    if (count >= 16) return _mm512_loadu_ps(from);
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>(count > 0 ? (1u << count) - 1 : 0), from);
}

// Left side: row `row` of a tile of rows ← from [depth]; the tile's blocks lie one after the other. false: the row cannot
// be split, and zeros stand for it.
inline bool split_row(const float* from, Index depth, Index row, char* blocks) {
    Splittable seen;
    for (Index k = 0; k < depth; k += block_depth) {
        const __m512 first = load_first(from + k, depth - k), second = load_first(from + k + 16, depth - k - 16);
        seen.see(first);
        seen.see(second);
        store_row(blocks + k / block_depth * block_bytes, row, split_pair(first, second));
    }
    if (seen.all()) return true;
    const __m512i zero = _mm512_setzero_si512();
    for (Index block = 0; block < blocks_of(depth); ++block) store_row(blocks + block * block_bytes, row, {zero, zero, zero});
    return false;
}

// Right side: tiles [block][gate] ← one panel [depth][gates][16] of pack_gates or its like. false: it cannot be split.
inline bool split_panel(const float* panel, Index gates, Index depth, char* tiles) {
    Splittable seen;
    const __m512 zero = _mm512_setzero_ps();
    for (Index k = 0; k < depth; k += block_depth)
        for (Index gate = 0; gate < gates; ++gate, tiles += block_bytes)
            for (Index pair = 0; pair < 16; ++pair) {
                const Index at = k + pair, later = at + 16;
                const __m512 first = at < depth ? _mm512_loadu_ps(panel + (at * gates + gate) * 16) : zero;
                const __m512 second = later < depth ? _mm512_loadu_ps(panel + (later * gates + gate) * 16) : zero;
                seen.see(first);
                seen.see(second);
                store_row(tiles, pair, split_pair(first, second));
            }
    return seen.all();
}

}  // namespace tidegate::TIDEGATE_ISA

#endif
