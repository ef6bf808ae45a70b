#pragma once

#include "backward.hpp"
#include "forward.hpp"

namespace tidegate::TIDEGATE_ISA {

// The recurrent weights of a recurrence whose gates all see the same state in one product.
template <class T, Index G>
struct OneProduct {
    Packed<T, G> recurrent;

    OneProduct(const Call<T>& call, Arena& arena) : recurrent(call, call.units, call.outputs, call.batch, arena) {}

    // bias [panels][G][lane]; the recurrent bias of gates from `biased` on is added elsewhere.
    void pack(const Call<T>& call, const Team& team, T* bias, Index biased = G) const {
        recurrent.pack(call.recurrent_weights, team);
        if (team.rank == 0) pack_bias(call.input_bias, call.recurrent_bias, biased, G, call.units, bias);
    }

    Matrix<T> matrix(const Call<T>& call) const { return recurrent.matrix(call.recurrent_weights); }
};

// Their transpose, gates in the order of `gate_of`.
template <class T, Index G>
struct OneTranspose {
    Transposed<T, G> recurrent;

    OneTranspose(const Call<T>& call, const int* gate_of, Arena& arena)
        : recurrent(call, gate_of, call.units, call.outputs, call.batch, arena) {}

    void pack(const Call<T>& call, const Team& team) const { recurrent.pack(call.recurrent_weights, team); }
    Matrix<T> matrix(const Call<T>& call) const { return recurrent.matrix(call.recurrent_weights); }
};

}  // namespace tidegate::TIDEGATE_ISA
