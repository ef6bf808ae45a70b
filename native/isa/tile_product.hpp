#pragma once

// The inner loop in AMX tiles: sums of 16 × 16, added to by blocks that split.hpp lays out.

#include <utility>

#include "split.hpp"

#if defined(__AMX_BF16__)

namespace tidegate::TIDEGATE_ISA {

template <int tile>
[[gnu::always_inline]] inline void tile_load(const void* from, Index stride) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(tile));
}

template <int tile>
[[gnu::always_inline]] inline void tile_store(void* to, Index stride) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride), "i"(tile) : "memory");
}

template <int sum, int left, int right>
[[gnu::always_inline]] inline void tile_multiply() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(sum), "i"(left), "i"(right));
}

// The tiles of this thread for as long as it lives: 0…5 hold sums and left sides, both of `rows` rows, 6 and 7 right sides.
class TileUnit {
public:
    explicit TileUnit(Index rows) {
        struct alignas(64) {
            std::uint8_t palette = 1, start = 0, reserved[14] = {};
            std::uint16_t row_bytes[16] = {};
            std::uint8_t rows[16] = {};
        } shape;
        for (int tile = 0; tile < 8; ++tile) {
            shape.row_bytes[tile] = 64;
            shape.rows[tile] = static_cast<std::uint8_t>(tile < 6 ? rows : tile_rows);
        }
        asm volatile("ldtilecfg %0" ::"m"(shape));
    }
    ~TileUnit() { asm volatile("tilerelease"); }
    TileUnit(const TileUnit&) = delete;
    TileUnit& operator=(const TileUnit&) = delete;
};

// Other work, done in small pieces while the matrix unit is busy. The unit runs beside the vector units, but only as far
// ahead as the processor looks; and if it was idle for half a microsecond it takes as long again to wake. So whoever has
// something to do with the sums of one product does it in the middle of the next.
struct Meanwhile {
    void (*piece)(void* context) = [](void*) {};
    void* context = nullptr;
    [[gnu::always_inline]] void operator()() const { piece(context); }
};

// R tiles of rows times C tiles of columns, `blocks` blocks deep: 1 × 1…4 or 2 × 1…2.
//   left   [R] each [block][3] tiles
//   right  [C] each 3 tiles, and those of the next block `right_step` bytes on
//   sums   [R · rows][C · 16], rows `stride` values apart
template <int R, int C>
struct TileProduct {
    const char* left[R];
    const char* right[C];
    Index right_step, blocks;
    float* sums;
    Index rows, stride;

    [[gnu::always_inline]] void add(const Meanwhile& meanwhile) {
        asm volatile("" ::: "memory");  // what was written by plain stores is there before a tile is loaded
        each_sum([&]<int r, int c>() { tile_load<r * C + c>(place(r, c), stride * 4); });
        for (Index block = 0; block < blocks; ++block) add_block({block * block_bytes, block * right_step}, meanwhile);
        each_sum([&]<int r, int c>() { tile_store<r * C + c>(place(r, c), stride * 4); });
    }

private:
    enum Plane { high, middle, low };

    // Bytes from the first block.
    struct Place {
        Index left, right;
    };

    float* place(int r, int c) const { return sums + r * rows * stride + c * 16; }

    template <class Visit, int... I>
    [[gnu::always_inline]] static void each_of(Visit visit, std::integer_sequence<int, I...>) {
        (visit.template operator()<I>(), ...);
    }

    template <class Visit>
    [[gnu::always_inline]] static void each_row(Visit visit) {
        each_of(visit, std::make_integer_sequence<int, R>{});
    }

    template <class Visit>
    [[gnu::always_inline]] static void each_column(Visit visit) {
        each_of(visit, std::make_integer_sequence<int, C>{});
    }

    template <class Visit>
    [[gnu::always_inline]] static void each_sum(Visit visit) {
        each_row([&]<int r>() { each_column([&]<int c>() { visit.template operator()<r, c>(); }); });
    }

    template <int r, Plane plane, int tile>
    [[gnu::always_inline]] void load_left(Place at) const {
        tile_load<tile>(left[r] + at.left + plane * tile_bytes, 64);
    }

    template <int c, Plane plane>
    [[gnu::always_inline]] void load_right(Place at) const {
        tile_load<6 + c % 2>(right[c] + at.right + plane * tile_bytes, 64);
    }

    // Small products first. Each line adds to all sums in turn, since a sum is ready for more only after the time of three
    // others. There is room for one part of each side, of which each line changes one.
    [[gnu::always_inline]] void add_block(Place at, const Meanwhile& meanwhile) const {
        part<high, low, true, true>(at, meanwhile);
        part<high, middle, false, true>(at, meanwhile);
        part<middle, middle, true, false>(at, meanwhile);
        part<middle, high, false, true>(at, meanwhile);
        part<low, high, true, false>(at, meanwhile);
        part<high, high, true, false>(at, meanwhile);
    }

    template <Plane of_left, Plane of_right, bool new_left, bool new_right>
    [[gnu::always_inline]] void part(Place at, const Meanwhile& meanwhile) const {
        if constexpr (new_left) each_row([&]<int r>() { load_left<r, of_left, 4 + r>(at); });
        each_column([&]<int c>() {
            if constexpr (new_right || C > 2) load_right<c, of_right>(at);
            each_row([&]<int r>() { tile_multiply<r * C + c, 4 + r, 6 + c % 2>(); });
        });
        meanwhile();
    }
};

}  // namespace tidegate::TIDEGATE_ISA

#endif
