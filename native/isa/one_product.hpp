#pragma once

#include "backward.hpp"
#include "forward.hpp"

namespace tidegate::TIDEGATE_ISA {

// The recurrent weights of a recurrence whose gates all see the same state in one product.
template <class T, Index G>
struct OneProduct {
    T* recurrent;

    OneProduct(const Call<T>& call, Arena& arena)
        : recurrent(arena.take<T>(call.outputs * G * padded<T>(call.units))) {}

    // bias [panels][G][lane]; the recurrent bias of gates from `biased` on is added elsewhere.
    void pack(const Call<T>& call, const Team& team, T* bias, Index biased = G) const {
        const Range mine = share(parts(call.units, width<T>), team.rank, team.size);
        pack_gates(call.recurrent_weights, G, call.units, call.outputs, mine, recurrent);
        if (team.rank == 0) pack_bias(call.input_bias, call.recurrent_bias, biased, G, call.units, bias);
    }

    Packed<T> packed(Index outputs) const { return {recurrent, outputs * G * width<T>, outputs}; }
};

// Their transpose, gates in the order of `gate_of`.
template <class T, Index G>
struct OneTranspose {
    T* transposed;

    OneTranspose(const Call<T>& call, Arena& arena)
        : transposed(arena.take<T>(G * padded<T>(call.units) * padded<T>(call.outputs))) {}

    void pack(const Call<T>& call, const int* gate_of, const Team& team) const {
        const Range mine = share(parts(call.outputs, width<T>), team.rank, team.size);
        pack_transposed(call.recurrent_weights, gate_of, G, call.units, call.outputs, mine, transposed);
    }

    Packed<T> packed(Index units) const { return {transposed, G * units * width<T>, G * units}; }
};

}  // namespace tidegate::TIDEGATE_ISA
