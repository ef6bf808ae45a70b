#pragma once

// The gated recurrent unit, reset after the product (cuDNN, torch):
//   r = σ(W_r x + U_r h + b)   k = σ(W_z x + U_z h + b)   n = tanh(W_n x + b + r ⊙ (U_n h + c))   h' = (1 − k) ⊙ n + k ⊙ h

#include "one_product.hpp"

namespace tidegate::TIDEGATE_ISA {

struct GruAfter {
    static constexpr Index gates = 3;
    static constexpr bool has_cell = false, has_inner = false, parks = false;

    // Saved, and in the same places their gradients: U_n h + c, r, k, n. So the gradients of what U feeds are slots 0…2 and
    // of what W feeds slots 1…3, each in one piece.
    static constexpr Index slots = 4;
    enum Slot { product, reset, keep, candidate };
    static constexpr Index input_slot = 1;
    static constexpr int input_gate_of[3] = {0, 1, 2};
    static constexpr int recurrent_gate_of[3] = {2, 0, 1};

    template <class T>
    struct Weights : OneProduct<T, gates> {
        T* candidate_bias;

        Weights(const Call<T>& call, Arena& arena)
            : OneProduct<T, gates>(call, arena), candidate_bias(arena.take<T>(padded<T>(call.units))) {}

        void pack(const Call<T>& call, const Team& team, T* bias) const {
            OneProduct<T, gates>::pack(call, team, bias, 2);
            const T* candidate = call.recurrent_bias ? call.recurrent_bias + 2 * call.units : nullptr;
            if (team.rank == 0) pack_bias<T>(candidate, nullptr, 0, 1, call.units, candidate_bias);
        }
    };

    template <class T>
    static void step(const Forward<GruAfter, T>& walk, Index rows) {
        constexpr Index W = width<T>;
        // W_n x + b of a block while its sums hold U_n h + c. Of two, since a block may begin before the last one ends.
        alignas(64) T from_input[2][most_sums<T> / 3 * W];
        Block begun[2]{};
        int turn = 0;
        const auto begin = [&](const Block& block, T* sums) {
            walk.input_sums(block, sums);
            turn ^= 1;
            begun[turn] = block;
            each(block, [&](Index, Index panel, Index i) {
                T* sum = sums + (i * gates + 2) * W;
                store(from_input[turn] + i * W, load(sum));
                store(sum, load(walk.plan.weights.candidate_bias + panel * W));
            });
        };
        const auto end = [&](const Block& block, const T* sums) {
            const int now = begun[turn].holds(block) ? turn : turn ^ 1;
            const T* from = from_input[now] + begun[now].place(block) * W;
            each(block, [&](Index row, Index panel, Index i) {
                finish(walk, row, panel * W, sums + i * gates * W, load(from + i * W));
            });
        };
        sweep<T, gates>(rows, walk.panels, walk.operand_rows(), walk.recurrent(walk.plan.weights.matrix(walk.call)), begin, end);
    }

    template <class T>
    static void finish(const Forward<GruAfter, T>& walk, Index row, Index unit, const T* sums, Vec<T> from_input) {
        constexpr Index W = width<T>;
        const Vec<T> r = sigmoid<T>(load(sums)), k = sigmoid<T>(load(sums + W)), product = load(sums + 2 * W);
        const Vec<T> n = tanh<T>(from_input + r * product);
        walk.put_state(row, unit, k * load(walk.old_state(row) + unit) + (n - k * n));
        if (!walk.call.saved) return;
        T* saved = walk.saved(row) + unit;
        const Index next = padded<T>(walk.call.units);
        store(saved + Slot::product * next, product);
        store(saved + Slot::reset * next, r);
        store(saved + Slot::keep * next, k);
        store(saved + Slot::candidate * next, n);
    }

    static constexpr bool sees_inner(Index) { return false; }
    static constexpr Index recurrent_slot(Index gate) { return (gate + 1) % 3; }

    template <class T>
    struct BackWeights : OneTranspose<T, gates> {
        BackWeights(const Call<T>& call, Arena& arena) : OneTranspose<T, gates>(call, recurrent_gate_of, arena) {}
    };

    template <class T>
    static void back_step(const Backward<GruAfter, T>& walk, Index rows) {
        for (Index row = 0; row < rows; ++row)
            for (Index panel = walk.panels.begin; panel < walk.panels.end; ++panel)
                back_gates(walk, row, panel * width<T>);
        walk.all_meet();
        walk.to_old_state(walk.plan.weights.matrix(walk.call), Slot::product, rows);
    }

    template <class T>
    static void back_gates(const Backward<GruAfter, T>& walk, Index row, Index unit) {
        const Index next = walk.plan.units;
        const T* saved = walk.saved(row) + unit;
        const Vec<T> product = load(saved + Slot::product * next), r = load(saved + Slot::reset * next);
        const Vec<T> k = load(saved + Slot::keep * next), n = load(saved + Slot::candidate * next);
        const Vec<T> h = load_part(walk.old_state(row) + unit, walk.call.units - unit);
        const auto arriving = walk.arriving(row, unit);
        const Vec<T> dn = arriving.fresh * (T(1) - k) * (T(1) - n * n);
        T* gradients = walk.gradients(row) + unit;
        store(gradients + Slot::product * next, dn * r);
        store(gradients + Slot::reset * next, dn * product * r * (T(1) - r));
        store(gradients + Slot::keep * next, arriving.fresh * (h - n) * k * (T(1) - k));
        store(gradients + Slot::candidate * next, dn);
        store(walk.compact(walk.plan.dstate, row) + unit, arriving.kept + arriving.fresh * k);
    }
};

}  // namespace tidegate::TIDEGATE_ISA
