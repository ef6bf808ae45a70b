#pragma once

// Weights packed for the products of a backward call, which are products with their transposes.

#include "arena.hpp"
#include "division.hpp"
#include "sweep.hpp"

namespace tidegate::TIDEGATE_ISA {

// Weights [G · units][columns] of the caller, gates in the order of `gate_of`: operands have G · padded units values, of
// which `rows` rows at a time are multiplied. In panels and, if that pays, in tiles too; or as the caller has them.
template <class T, Index G>
class Transposed {
public:
    Transposed(const Call<T>& call, const int* gate_of, Index units, Index columns, Index rows, Arena& arena,
               bool wanted = true)
        : gate_of_(gate_of), units_(units), columns_(columns), given_(few_steps(call) && columns % width<T> == 0),
          packed_(wanted && !given_), in_tiles_(packed_ && worth_tiles(call, {columns, depth(), rows})),
          transposed_(arena.take<T>(packed_ ? panels() * depth() * width<T> : 0)),
          tiles_(arena.take<char>(in_tiles_ ? panels() * panel_bytes() : 0)),
          spoilt_(arena.take<char>(in_tiles_ ? panels() : 0)) {}

    void pack(const T* weights, const Team& team) const {
        if (!packed_) return;
        const Range mine = share(panels(), team.rank, team.size);
        pack_transposed(weights, gate_of_, G, units_, columns_, mine, transposed_);
        if constexpr (has_tiles<T>)
            for (Index panel = mine.begin; in_tiles_ && panel < mine.end; ++panel)
                spoilt_[panel] = !split_panel(transposed_ + panel * depth() * width<T>, 1, depth(),
                                              tiles_ + panel * panel_bytes());
    }

    // Once all of the team have packed.
    Matrix<T> matrix(const T* weights) const {
        if (given_) return transposed_as_given(weights, gate_of_, G, units_, columns_, padded<T>(units_));
        Matrix<T> matrix = in_panels<T>(transposed_, 1, depth());
        bool whole = in_tiles_;
        for (Index panel = 0; whole && panel < panels(); ++panel) whole = !spoilt_[panel];
        if (whole) matrix.tiles = tiles_;
        return matrix;
    }

private:
    Index depth() const { return G * padded<T>(units_); }
    Index panels() const { return parts(columns_, width<T>); }
    Index panel_bytes() const { return blocks_of(depth()) * block_bytes; }

    const int* gate_of_;
    Index units_, columns_;
    bool given_, packed_, in_tiles_;
    T* transposed_;
    char *tiles_, *spoilt_;
};

}  // namespace tidegate::TIDEGATE_ISA
