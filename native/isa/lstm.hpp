#pragma once

// Long short-term memory, with peepholes p (null: none) and, if Projected, a projection of the state:
//   i = σ(W_i x + U_i h + b + p_i ⊙ c)    f = σ(W_f x + U_f h + b + p_f ⊙ c)    g = tanh(W_g x + U_g h + b)
//   c' = f ⊙ c + i ⊙ g                    o = σ(W_o x + U_o h + b + p_o ⊙ c')   h' = o ⊙ tanh(c')   or   V (o ⊙ tanh(c'))

#include "one_product.hpp"

namespace tidegate::TIDEGATE_ISA {

template <bool Projected>
struct Lstm {
    static constexpr Index gates = 4, input_slot = 0;
    static constexpr bool has_cell = true, has_inner = Projected, parks = false;
    static constexpr int input_gate_of[4] = {0, 1, 2, 3};
    static constexpr bool sees_inner(Index) { return false; }
    static constexpr Index recurrent_slot(Index gate) { return gate; }

    // Saved: the gates, the cell after the step and what the projection sees. Gradients: of the gates and, in the last
    // place, of the projected state.
    enum Slot { input, forget, candidate, output, cell, shown };
    static constexpr Index slots = Projected ? 6 : 5;
    static constexpr Index inner_slot = shown;

    template <class T>
    struct Weights : OneProduct<T, 4> {
        Packed<T, 1> projection;
        T* peepholes;

        Weights(const Call<T>& call, Arena& arena)
            : OneProduct<T, 4>(call, arena),
              projection(call, call.outputs, call.units, call.batch, arena, Projected),
              peepholes(arena.take<T>(3 * padded<T>(call.units))) {}

        void pack(const Call<T>& call, const Team& team, T* bias) const {
            OneProduct<T, 4>::pack(call, team, bias);
            if constexpr (Projected) projection.pack(call.projection, team);
            if (team.rank == 0) pack_peepholes(call, peepholes);
        }
    };

    // to [3][padded H], zeros without peepholes.
    template <class T>
    static void pack_peepholes(const Call<T>& call, T* to) {
        const Index units = padded<T>(call.units);
        fill_zero(to, 3 * units);
        if (!call.peepholes) return;
        for (Index gate = 0; gate < 3; ++gate) copy_row(to + gate * units, call.peepholes + gate * call.units, call.units);
    }

    template <class T>
    static void step(const Forward<Lstm, T>& walk, Index rows) {
        constexpr Index W = width<T>;
        const auto begin = [&](const Block& block, T* sums) { walk.input_sums(block, sums); };
        const auto end = [&](const Block& block, const T* sums) {
            each(block, [&](Index row, Index panel, Index i) { finish(walk, row, panel * W, sums + i * gates * W); });
        };
        sweep<T, gates>(rows, walk.panels, walk.operand_rows(), walk.recurrent(walk.plan.weights.matrix(walk.call)), begin, end);
        if constexpr (Projected) project(walk, rows);
    }

    template <class T>
    static void finish(const Forward<Lstm, T>& walk, Index row, Index unit, const T* sums) {
        constexpr Index W = width<T>;
        const Index next = padded<T>(walk.call.units);
        const T* peepholes = walk.plan.weights.peepholes + unit;
        T* cell = walk.compact(walk.plan.cell, row) + unit;
        const Vec<T> old = load(cell);
        const Vec<T> i = sigmoid<T>(load(sums) + load(peepholes) * old);
        const Vec<T> f = sigmoid<T>(load(sums + W) + load(peepholes + next) * old);
        const Vec<T> g = tanh<T>(load(sums + 2 * W));
        const Vec<T> c = f * old + i * g;
        const Vec<T> o = sigmoid<T>(load(sums + 3 * W) + load(peepholes + 2 * next) * c);
        const Vec<T> shown = o * tanh<T>(c), kept = walk.kept_cell(row, unit, old, c);
        store(cell, kept);
        if (walk.call.saved) {
            T* saved = walk.saved(row) + unit;
            store(saved + Slot::input * next, i);
            store(saved + Slot::forget * next, f);
            store(saved + Slot::candidate * next, g);
            store(saved + Slot::output * next, o);
            store(saved + Slot::cell * next, kept);
            if constexpr (Projected) store(saved + Slot::shown * next, shown);
        }
        if constexpr (Projected)
            store(walk.inner(row) + unit, shown);
        else
            walk.put_state(row, unit, shown);
    }

    template <class T>
    static void project(const Forward<Lstm, T>& walk, Index rows) {
        constexpr Index W = width<T>;
        walk.all_meet();
        for (Index row = 0; row < rows; ++row) walk.operands[row] = walk.inner(row);
        const auto begin = [&](const Block& block, T* sums) { fill_zero(sums, block.rows * block.panels * W); };
        const auto end = [&](const Block& block, const T* sums) {
            each(block, [&](Index row, Index panel, Index i) { walk.put_state(row, panel * W, load(sums + i * W)); });
        };
        sweep<T, 1>(rows, walk.output_panels, walk.operand_rows(), walk.plan.weights.projection.matrix(walk.call.projection), begin, end);
    }

    template <class T>
    struct BackWeights : OneTranspose<T, 4> {
        Transposed<T, 1> projection;
        T *peepholes, *peephole_sums;

        BackWeights(const Call<T>& call, Arena& arena)
            : OneTranspose<T, 4>(call, input_gate_of, arena),
              projection(call, input_gate_of, call.outputs, call.units, call.batch, arena, Projected),
              peepholes(arena.take<T>(3 * padded<T>(call.units))), peephole_sums(arena.take<T>(3 * padded<T>(call.units))) {}

        void pack(const Call<T>& call, const Team& team) const {
            OneTranspose<T, 4>::pack(call, team);
            if constexpr (Projected) projection.pack(call.projection, team);
            if (team.rank != 0) return;
            pack_peepholes(call, peepholes);
            fill_zero(peephole_sums, 3 * padded<T>(call.units));
        }
    };

    template <class T>
    static void back_step(const Backward<Lstm, T>& walk, Index rows) {
        constexpr Index W = width<T>;
        if constexpr (Projected) {
            back_projection(walk, rows);
        } else {
            for (Index row = 0; row < rows; ++row)
                for (Index panel = walk.panels.begin; panel < walk.panels.end; ++panel) {
                    const auto arriving = walk.arriving(row, panel * W);
                    store(walk.compact(walk.plan.dstate, row) + panel * W, arriving.kept);
                    back_gates(walk, row, panel * W, arriving.fresh);
                }
        }
        walk.all_meet();
        walk.to_old_state(walk.plan.weights.matrix(walk.call), 0, rows);
    }

    template <class T>
    static void back_projection(const Backward<Lstm, T>& walk, Index rows) {
        constexpr Index W = width<T>;
        for (Index row = 0; row < rows; ++row)
            for (Index panel = walk.output_panels.begin; panel < walk.output_panels.end; ++panel) {
                const auto arriving = walk.arriving(row, panel * W);
                store(walk.compact(walk.plan.dstate, row) + panel * W, arriving.kept);
                store(walk.gradients(row) + Slot::shown * walk.plan.units + panel * W, arriving.fresh);
            }
        walk.all_meet();
        const Matrix<T> weights = walk.plan.weights.projection.matrix(walk.call.projection);
        walk.product(weights, Slot::shown, rows, walk.panels,
                     [&](Index row, Index unit, Vec<T> dshown) { back_gates(walk, row, unit, dshown); });
    }

    // The cell that a slot's step began with: not padded where it is the caller's.
    template <class T>
    static Vec<T> cell_before(const BackwardView<Lstm, T>& walk, Index slot, Index step, Index unit) {
        if (step > 0) return load(walk.saved_at(slot, step - 1) + Slot::cell * walk.plan.units + unit);
        if (!walk.call.cell) return Vec<T>{};
        return load_part(walk.call.cell + walk.schedule.order[slot] * walk.call.units + unit, walk.call.units - unit);
    }

    template <class T>
    static void back_gates(const Backward<Lstm, T>& walk, Index row, Index unit, Vec<T> dshown) {
        const Index next = walk.plan.units, slot = walk.slots.at(row);
        const T *saved = walk.saved(row) + unit, *peepholes = walk.plan.weights.peepholes + unit;
        const Vec<T> i = load(saved + Slot::input * next), f = load(saved + Slot::forget * next);
        const Vec<T> g = load(saved + Slot::candidate * next), o = load(saved + Slot::output * next);
        const Vec<T> old = cell_before(walk, slot, walk.step_now, unit);
        const Vec<T> shape = tanh<T>(f * old + i * g);
        const auto arriving = walk.arriving_cell(row, unit);
        const Vec<T> dout = dshown * shape * o * (T(1) - o);
        const Vec<T> dc = arriving.fresh + dshown * o * (T(1) - shape * shape) + load(peepholes + 2 * next) * dout;
        const Vec<T> din = dc * g * i * (T(1) - i), dforget = dc * old * f * (T(1) - f);
        T* gradients = walk.gradients(row) + unit;
        store(gradients + Slot::input * next, din);
        store(gradients + Slot::forget * next, dforget);
        store(gradients + Slot::candidate * next, dc * i * (T(1) - g * g));
        store(gradients + Slot::output * next, dout);
        store(walk.compact(walk.plan.dcell, row) + unit,
              arriving.kept + dc * f + load(peepholes) * din + load(peepholes + next) * dforget);
    }

    // Gradients of the peepholes over one stretch.
    template <class T>
    static void more_sums(const Stretch<Lstm, T>& stretch) {
        if (!stretch.call.dpeepholes) return;
        const Index next = stretch.plan.units;
        const Range mine = share(stretch.plan.panels, stretch.team.rank, stretch.team.size);
        for (Index unit = mine.begin * width<T>; unit < mine.end * width<T>; unit += width<T>) {
            Vec<T> di{}, df{}, dout{};
            stretch.each_row([&](Index row, Index slot, Index step) {
                const T *saved = stretch.saved_at(slot, step) + unit, *d = stretch.gradients(row, 0) + unit;
                const Vec<T> old = cell_before(stretch, slot, step, unit);
                const Vec<T> c = load(saved + Slot::forget * next) * old +
                                 load(saved + Slot::input * next) * load(saved + Slot::candidate * next);
                di += load(d + Slot::input * next) * old;
                df += load(d + Slot::forget * next) * old;
                dout += load(d + Slot::output * next) * c;
            });
            T* sums = stretch.plan.weights.peephole_sums + unit;
            store(sums, load<T>(sums) + di);
            store(sums + next, load<T>(sums + next) + df);
            store(sums + 2 * next, load<T>(sums + 2 * next) + dout);
        }
    }

    template <class T>
    static void last(const Backward<Lstm, T>& walk) {
        const Call<T>& call = walk.call;
        for (Index gate = 0; call.dpeepholes && gate < 3; ++gate)
            copy_row(call.dpeepholes + gate * call.units, walk.plan.weights.peephole_sums + gate * walk.plan.units, call.units);
        if (call.dprojection && walk.schedule.steps == 0) fill_zero(call.dprojection, call.outputs * call.units);
    }
};

}  // namespace tidegate::TIDEGATE_ISA
