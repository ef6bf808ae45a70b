#pragma once

// The vanilla recurrent network: h' = φ(W x + U h + b), φ = tanh or ReLU.

#include "one_product.hpp"

namespace tidegate::TIDEGATE_ISA {

template <bool Relu>
struct Rnn {
    static constexpr Index gates = 1, slots = 1, input_slot = 0;
    static constexpr bool has_cell = false, has_inner = false, parks = false;
    static constexpr int input_gate_of[1] = {0};
    static constexpr bool sees_inner(Index) { return false; }
    static constexpr Index recurrent_slot(Index) { return 0; }

    template <class T>
    using Weights = OneProduct<T, 1>;

    template <class T>
    struct BackWeights : OneTranspose<T, 1> {
        BackWeights(const Call<T>& call, Arena& arena) : OneTranspose<T, 1>(call, input_gate_of, arena) {}
    };

    template <class T>
    static void step(const Forward<Rnn, T>& walk, Index rows) {
        constexpr Index W = width<T>;
        const auto begin = [&](const Block& block, T* sums) { walk.input_sums(block, sums); };
        const auto end = [&](const Block& block, const T* sums) {
            each(block, [&](Index row, Index panel, Index i) {
                const Index unit = panel * W;
                const Vec<T> h = active<T>(load(sums + i * W));
                if (walk.call.saved) store(walk.saved(row) + unit, h);
                walk.put_state(row, unit, h);
            });
        };
        sweep<T, 1>(rows, walk.panels, walk.operand_rows(), walk.recurrent(walk.plan.weights.matrix(walk.call)), begin, end);
    }

    template <class T>
    static Vec<T> active(Vec<T> x) {
        if constexpr (Relu)
            return x < Vec<T>{} ? Vec<T>{} : x;
        else
            return tanh<T>(x);
    }

    // The gradient of x, given that of h = φ(x). What does not pass a ReLU does not, even if it is not a number.
    template <class T>
    static Vec<T> through(Vec<T> arriving, Vec<T> h) {
        if constexpr (Relu)
            return h > Vec<T>{} ? arriving : Vec<T>{};
        else
            return arriving * (T(1) - h * h);
    }

    template <class T>
    static void back_step(const Backward<Rnn, T>& walk, Index rows) {
        for (Index row = 0; row < rows; ++row)
            for (Index panel = walk.panels.begin; panel < walk.panels.end; ++panel) {
                const Index unit = panel * width<T>;
                const Vec<T> h = load(walk.saved(row) + unit);
                const auto arriving = walk.arriving(row, unit);
                store(walk.gradients(row) + unit, through<T>(arriving.fresh, h));
                store(walk.compact(walk.plan.dstate, row) + unit, arriving.kept);
            }
        walk.all_meet();
        walk.to_old_state(walk.plan.weights.matrix(walk.call), 0, rows);
    }
};

}  // namespace tidegate::TIDEGATE_ISA
