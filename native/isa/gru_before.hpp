#pragma once

// The gated recurrent unit, reset before the product (Cho et al., 2014):
//   r = σ(W_r x + U_r h + b)   k = σ(W_z x + U_z h + b)   n = tanh(W_n x + U_n (r ⊙ h) + b)   h' = (1 − k) ⊙ n + k ⊙ h

#include "backward.hpp"
#include "forward.hpp"

namespace tidegate::TIDEGATE_ISA {

struct GruBefore {
    static constexpr Index gates = 3, input_slot = 0;
    static constexpr bool has_cell = false, has_inner = true, parks = true;
    enum Parked { from_input, kept };
    static constexpr int input_gate_of[3] = {0, 1, 2};
    static constexpr bool sees_inner(Index gate) { return gate == 2; }
    static constexpr Index recurrent_slot(Index gate) { return gate; }

    // Saved: r, k, n and r ⊙ h as the product saw it. Gradients: of the three gates.
    enum Slot { reset, keep, candidate, inner };
    static constexpr Index slots = 4;
    static constexpr Index inner_slot = inner;

    template <class T>
    static const T* candidate_of(const Call<T>& call) {
        return call.recurrent_weights + 2 * call.units * call.units;
    }

    template <class T>
    struct Weights {
        Packed<T, 2> two_gates;
        Packed<T, 1> one_gate;

        Weights(const Call<T>& call, Arena& arena)
            : two_gates(call, call.units, call.units, call.batch, arena),
              one_gate(call, call.units, call.units, call.batch, arena) {}

        void pack(const Call<T>& call, const Team& team, T* bias) const {
            const Index H = call.units;
            two_gates.pack(call.recurrent_weights, team);
            one_gate.pack(candidate_of(call), team);
            if (team.rank == 0) pack_bias(call.input_bias, call.recurrent_bias, gates, gates, H, bias);
        }
    };

    template <class T>
    static void step(const Forward<GruBefore, T>& walk, Index rows) {
        step_gates(walk, rows);
        walk.all_meet();
        step_candidate(walk, rows);
    }

    template <class T>
    static void step_gates(const Forward<GruBefore, T>& walk, Index rows) {
        constexpr Index W = width<T>;
        const auto begin = [&](const Block& block, T* sums) {
            alignas(64) T all[most_sums<T> * W];
            for (Index n = 0; n < block.panels; ++n) {
                walk.input_sums(Block{block.row, block.rows, block.panel + n, 1}, all);
                for (Index r = 0; r < block.rows; ++r) {
                    copy_row(sums + (r * block.panels + n) * 2 * W, all + r * gates * W, 2 * W);
                    T* candidate = walk.compact(walk.plan.parked[from_input], block.row + r);
                    copy_row(candidate + (block.panel + n) * W, all + (r * gates + 2) * W, W);
                }
            }
        };
        const auto end = [&](const Block& block, const T* sums) {
            each(block, [&](Index row, Index panel, Index i) { finish_gates(walk, row, panel * W, sums + i * 2 * W); });
        };
        sweep<T, 2>(rows, walk.panels, walk.operand_rows(), walk.recurrent(walk.plan.weights.two_gates.matrix(walk.call.recurrent_weights)), begin, end);
    }

    template <class T>
    static void finish_gates(const Forward<GruBefore, T>& walk, Index row, Index unit, const T* sums) {
        const Vec<T> r = sigmoid<T>(load(sums)), k = sigmoid<T>(load(sums + width<T>));
        const Vec<T> inner = r * load(walk.operands[row] + unit);
        store(walk.inner(row) + unit, inner);
        store(walk.compact(walk.plan.parked[kept], row) + unit, k);
        if (!walk.call.saved) return;
        T* saved = walk.saved(row) + unit;
        const Index next = padded<T>(walk.call.units);
        store(saved + Slot::reset * next, r);
        store(saved + Slot::keep * next, k);
        store(saved + Slot::inner * next, inner);
    }

    template <class T>
    static void step_candidate(const Forward<GruBefore, T>& walk, Index rows) {
        constexpr Index W = width<T>;
        for (Index row = 0; row < rows; ++row) walk.operands[row] = walk.inner(row);
        const auto begin = [&](const Block& block, T* sums) {
            for (Index r = 0; r < block.rows; ++r)
                copy_row(sums + r * block.panels * W,
                         walk.compact(walk.plan.parked[from_input], block.row + r) + block.panel * W, block.panels * W);
        };
        const auto end = [&](const Block& block, const T* sums) {
            each(block, [&](Index row, Index panel, Index i) {
                const Index unit = panel * W;
                const Vec<T> n = tanh<T>(load(sums + i * W)), k = load(walk.compact(walk.plan.parked[kept], row) + unit);
                if (walk.call.saved) store(walk.saved(row) + Slot::candidate * padded<T>(walk.call.units) + unit, n);
                walk.put_state(row, unit, k * load(walk.old_state(row) + unit) + (n - k * n));
            });
        };
        sweep<T, 1>(rows, walk.panels, walk.operand_rows(), walk.recurrent(walk.plan.weights.one_gate.matrix(candidate_of(walk.call))), begin, end);
    }

    template <class T>
    struct BackWeights {
        Transposed<T, 2> two_gates;
        Transposed<T, 1> one_gate;

        BackWeights(const Call<T>& call, Arena& arena)
            : two_gates(call, input_gate_of, call.units, call.units, call.batch, arena),
              one_gate(call, input_gate_of, call.units, call.units, call.batch, arena) {}

        void pack(const Call<T>& call, const Team& team) const {
            two_gates.pack(call.recurrent_weights, team);
            one_gate.pack(candidate_of(call), team);
        }
    };

    template <class T>
    static void back_step(const Backward<GruBefore, T>& walk, Index rows) {
        const BackWeights<T>& weights = walk.plan.weights;
        for (Index row = 0; row < rows; ++row)
            for (Index panel = walk.panels.begin; panel < walk.panels.end; ++panel)
                back_candidate(walk, row, panel * width<T>);
        walk.all_meet();
        walk.product(weights.one_gate.matrix(candidate_of(walk.call)), Slot::candidate, rows, walk.panels,
                     [&](Index row, Index unit, Vec<T> dinner) { back_reset(walk, row, unit, dinner); });
        walk.all_meet();
        walk.to_old_state(weights.two_gates.matrix(walk.call.recurrent_weights), Slot::reset, rows);
    }

    template <class T>
    static void back_candidate(const Backward<GruBefore, T>& walk, Index row, Index unit) {
        const Index next = walk.plan.units;
        const T* saved = walk.saved(row) + unit;
        const Vec<T> k = load(saved + Slot::keep * next), n = load(saved + Slot::candidate * next);
        const Vec<T> h = load_part(walk.old_state(row) + unit, walk.call.units - unit);
        const auto arriving = walk.arriving(row, unit);
        T* gradients = walk.gradients(row) + unit;
        store(gradients + Slot::keep * next, arriving.fresh * (h - n) * k * (T(1) - k));
        store(gradients + Slot::candidate * next, arriving.fresh * (T(1) - k) * (T(1) - n * n));
        store(walk.compact(walk.plan.dstate, row) + unit, arriving.kept + arriving.fresh * k);
    }

    template <class T>
    static void back_reset(const Backward<GruBefore, T>& walk, Index row, Index unit, Vec<T> dinner) {
        const Index next = walk.plan.units;
        const Vec<T> r = load(walk.saved(row) + Slot::reset * next + unit);
        const Vec<T> inner = load(walk.saved(row) + Slot::inner * next + unit);
        store(walk.gradients(row) + Slot::reset * next + unit, dinner * inner * (T(1) - r));
        T* dstate = walk.compact(walk.plan.dstate, row) + unit;
        store(dstate, load(dstate) + walk.seen(row, unit, dinner * r));
    }
};

}  // namespace tidegate::TIDEGATE_ISA
