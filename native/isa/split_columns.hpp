#pragma once

// Tiles for products that sum over rows, as a gradient of weights does: rows are what split.hpp calls k. Panels of 16
// columns lie [panel][block of rows], on either side.

#include "panels.hpp"
#include "split.hpp"

namespace tidegate::TIDEGATE_ISA {

inline Index column_tiles_bytes(Index rows) { return blocks_of(rows) * block_bytes; }

#if defined(__AMX_BF16__)

// Right side: `count` rows of `columns` values, each at a pointer of its own, times its factors if there are any. Only
// `blocks` of rows are written, of all panels.
inline void split_right(const float* const* rows, const float* const* factors, Index count, Index columns, Range blocks,
                        Splittable& seen, char* tiles) {
    const auto values = [&](Index row, Index column) {
        if (row >= count) return Vec<float>{};
        Vec<float> found = load_part(rows[row] + column, columns - column);
        if (factors) found *= load_part(factors[row] + column, columns - column);
        seen.see(found);
        return found;
    };
    for (Index block = blocks.begin; block < blocks.end; ++block)
        for (Index column = 0; column < columns; column += 16) {
            char* to = tiles + column / 16 * column_tiles_bytes(count) + block * block_bytes;
            const Index row = block * block_depth;
            for (Index pair = 0; pair < 16; ++pair)
                store_row(to, pair, split_pair(values(row + pair, column), values(row + pair + 16, column)));
        }
}

template <int lane>
[[gnu::always_inline]] inline __m512 quarter_of(__m512 to, const float* from) {
    return _mm512_insertf32x4(to, _mm_loadu_ps(from), lane);
}

// columns[c] lane r ← rows[r] column c, for four columns.
[[gnu::always_inline]] inline void transpose_four(const float* const* rows, Index column, Vec<float>* columns) {
    __m512 mixed[4];
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) {
        mixed[r] = _mm512_castps128_ps512(_mm_loadu_ps(rows[r] + column));
        mixed[r] = quarter_of<1>(mixed[r], rows[r + 4] + column);
        mixed[r] = quarter_of<2>(mixed[r], rows[r + 8] + column);
        mixed[r] = quarter_of<3>(mixed[r], rows[r + 12] + column);
    }
    const __m512d low = _mm512_castps_pd(_mm512_unpacklo_ps(mixed[0], mixed[1]));
    const __m512d high = _mm512_castps_pd(_mm512_unpackhi_ps(mixed[0], mixed[1]));
    const __m512d low_too = _mm512_castps_pd(_mm512_unpacklo_ps(mixed[2], mixed[3]));
    const __m512d high_too = _mm512_castps_pd(_mm512_unpackhi_ps(mixed[2], mixed[3]));
    columns[0] = (Vec<float>)_mm512_unpacklo_pd(low, low_too);
    columns[1] = (Vec<float>)_mm512_unpackhi_pd(low, low_too);
    columns[2] = (Vec<float>)_mm512_unpacklo_pd(high, high_too);
    columns[3] = (Vec<float>)_mm512_unpackhi_pd(high, high_too);
}

// Left side: one panel, transposed, so that a row of a tile is a column of `values`: rows `stride` apart, and `zeros` [16]
// beyond the last.
inline void split_left(const float* values, Index stride, Index rows, const float* zeros, char* tiles) {
    for (Index row = 0; row < rows; row += block_depth, tiles += block_bytes) {
        const float* at[block_depth];
        for (Index k = 0; k < block_depth; ++k) at[k] = row + k < rows ? values + (row + k) * stride : zeros;
        for (Index column = 0; column < 16; column += 4) {
            Vec<float> first[4], second[4];
            transpose_four(at, column, first);
            transpose_four(at + 16, column, second);
#pragma GCC unroll 4
            for (int c = 0; c < 4; ++c) store_row(tiles, column + c, split_pair(first[c], second[c]));
        }
    }
}

#endif

}  // namespace tidegate::TIDEGATE_ISA
