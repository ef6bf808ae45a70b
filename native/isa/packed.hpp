#pragma once

// Weights packed for the products of a forward call.

#include "arena.hpp"
#include "division.hpp"
#include "sweep.hpp"

namespace tidegate::TIDEGATE_ISA {

// Weights [G · units][depth] of the caller, of which `rows` rows at a time are multiplied: in panels and, if that pays, in
// tiles too; or as the caller has them. Tiles are of no use where a weight cannot be split.
template <class T, Index G>
class Packed {
public:
    Packed(const Call<T>& call, Index units, Index depth, Index rows, Arena& arena, bool wanted = true)
        : units_(units), depth_(depth), given_(few_steps(call)), packed_(wanted && !given_),
          in_tiles_(packed_ && worth_tiles(call, {G * units, depth, rows})),
          packs_tiles_(packed_ && worth_packing_tiles(call, {G * units, depth, rows})),
          panels_(arena.take<T>(packed_ ? depth * G * padded<T>(units) : 0)),
          tiles_(arena.take<char>(packs_tiles_ ? panels() * panel_bytes() : 0)),
          spoilt_(arena.take<char>(packs_tiles_ ? panels() : 0)) {}

    void pack(const T* weights, const Team& team) const {
        if (!packed_) return;
        const Range mine = share(panels(), team.rank, team.size);
        pack_gates(weights, G, units_, depth_, mine, panels_);
        if constexpr (has_tiles<T>)
            for (Index panel = mine.begin; packs_tiles_ && panel < mine.end; ++panel)
                spoilt_[panel] = !split_panel(panels_ + panel * depth_ * G * width<T>, G, depth_,
                                              tiles_ + panel * panel_bytes());
    }

    // Once all of the team have packed.
    Matrix<T> matrix(const T* weights) const {
        if (given_) return as_given(weights, units_, depth_);
        Matrix<T> matrix = in_panels<T>(panels_, G, depth_);
        bool whole = in_tiles_;
        for (Index panel = 0; whole && panel < panels(); ++panel) whole = !spoilt_[panel];
        if (whole) matrix.tiles = tiles_;
        return matrix;
    }

    bool in_tiles() const { return in_tiles_; }

private:
    Index panels() const { return parts(units_, width<T>); }
    Index panel_bytes() const { return G * blocks_of(depth_) * block_bytes; }

    Index units_, depth_;
    bool given_, packed_, in_tiles_, packs_tiles_;
    T* panels_;
    char *tiles_, *spoilt_;
};

}  // namespace tidegate::TIDEGATE_ISA
