#pragma once

// The walk backward, common to all recurrences. A recurrence R gives, besides what forward.hpp asks for,
//   R::BackWeights      its packed transposes
//   R::back_step        gradients of one step for the walker's rows and panels
//   R::input_slot       first slot of the gradients of W x + b, gates in torch's order
//   R::recurrent_slot   slot of the gradient of what row gate·H of the recurrent weights makes
//
// The walk goes in stretches. After each, the gradients of all its steps make one product each for the inputs and for the
// weights (stretch.hpp), so only one stretch of them is ever held.

#include "stretch.hpp"
#include "vec_math.hpp"

namespace tidegate::TIDEGATE_ISA {

// One thread's part of a backward call.
template <class R, class T>
class Backward : public BackwardView<R, T> {
    using View = BackwardView<R, T>;

public:
    using Plan = BackwardPlan<R, T>;
    using View::call, View::plan, View::schedule, View::team;
    static constexpr Index W = width<T>;

    Backward(const Call<T>& call_, const Schedule& schedule_, const Plan& plan_, const Team& team_)
        : View{call_, schedule_, plan_, team_}, by_units(divides_units(call_, R::gates, team_.size)),
          slots(by_units ? Slots{0, 1} : Slots{team_.rank, team_.size}),
          panels(mine_of(plan_.panels)), output_panels(mine_of(plan_.output_panels)),
          operands_(plan_.pointers + team_.rank * plan_.pointers_each) {}

    void run() {
        begin();
        wait(team);
        for (Index end = schedule.steps; end > 0;) {
            stretch_begins_ = stretch_begin(schedule, end, plan.stretch);
            for (Index step = end - 1; step >= stretch_begins_; --step) walk(step);
            wait(team);
            Stretch<R, T>(*this, stretch_begins_, end).run();
            end = stretch_begins_;
        }
        finish();
    }

    // In the step of a recurrence.

    void all_meet() const {
        if (by_units) wait(team);
    }

    // What arrives at one vector of a row's new state: `fresh` goes on into the step, `kept` straight to the old state.
    struct Arriving {
        Vec<T> fresh, kept;
    };

    Arriving arriving(Index row, Index unit) const {
        const Index slot = slots.at(row), b = schedule.order[slot], t = schedule.place(slot, step_now);
        Vec<T> whole = load(plan.dstate + slot * plan.row + unit);
        if (call.dy.data) whole += load_part(call.dy.at(b, t) + unit, call.outputs - unit);
        return divided(whole, call.keep, b, t, unit, call.outputs - unit);
    }

    Arriving arriving_cell(Index row, Index unit) const {
        const Index slot = slots.at(row);
        const Vec<T> whole = load(plan.dcell + slot * plan.row + unit);
        return divided(whole, call.keep_cell, schedule.order[slot], schedule.place(slot, step_now), unit, call.units - unit);
    }

    const T* saved(Index row) const { return View::saved_at(slots.at(row), step_now); }
    T* gradients(Index row) const {
        const Index true_step = schedule.offset[step_now] + slots.at(row);
        return plan.gradients + (true_step - schedule.offset[stretch_begins_]) * plan.gradients_row;
    }
    T* compact(T* base, Index row) const { return base + slots.at(row) * plan.row; }
    const T* old_state(Index row) const { return View::state_before(slots.at(row), step_now); }

    // visit(row, unit, vector of weights · gradients from `slot` on) for `rows` rows and the panels in `range`.
    template <class Visit>
    void product(const Matrix<T>& weights, Index slot, Index rows, Range range, Visit visit) const {
        for (Index row = 0; row < rows; ++row) operands_[row] = gradients(row) + slot * plan.units;
        const auto begin = [&](const Block& block, T* sums) { fill_zero(sums, block.rows * block.panels * W); };
        const auto end = [&](const Block& block, const T* sums) {
            each(block, [&](Index row, Index panel, Index i) { visit(row, panel * W, load(sums + i * W)); });
        };
        sweep<T, 1>(rows, range, View::in_own_tiles(operands_), weights, begin, end);
    }

    // Adds to the gradient of the old state what arrives through the recurrent product.
    void to_old_state(const Matrix<T>& weights, Index slot, Index rows) const {
        if (step_now == 0 && !call.dstate) return;  // nobody asks for it
        product(weights, slot, rows, output_panels, [&](Index row, Index unit, Vec<T> value) {
            T* to = compact(plan.dstate, row) + unit;
            store(to, load(to) + seen(row, unit, value));
        });
    }

    // A value times the dropout mask of the state.
    Vec<T> seen(Index row, Index unit, Vec<T> value) const {
        if (!call.dropout) return value;
        const Index b = schedule.order[slots.at(row)];
        return value * load_part(call.dropout + b * call.outputs + unit, call.outputs - unit);
    }

    const bool by_units;
    const Slots slots;
    const Range panels, output_panels;
    Index step_now = 0;

private:
    static Arriving divided(Vec<T> whole, const Sequence<const T>& keeps, Index b, Index t, Index unit, Index count) {
        if (!keeps.data) return {whole, Vec<T>{}};
        const Vec<T> keep = load_part(keeps.at(b, t) + unit, count);
        return {(T(1) - keep) * whole, keep * whole};
    }

    Range mine_of(Index all) const { return by_units ? share(all, team.rank, team.size) : Range{0, all}; }

    void begin() const {
        plan.weights.pack(call, team);
        plan.input.pack(call.input_weights, team);
        const Range own = share(call.batch, team.rank, team.size);
        for (Index slot = own.begin; slot < own.end; ++slot) {
            const Index b = schedule.order[slot];
            start_row(plan.dstate + slot * plan.row, call.dlast_state, b, call.outputs);
            if constexpr (R::has_cell) start_row(plan.dcell + slot * plan.row, call.dlast_cell, b, call.units);
        }
        if (team.rank == 0) {
            fill_zero(plan.zeros, most(plan.units, padded<T>(call.outputs)));
            fill_zero(plan.sums, R::slots * plan.units);
        }
    }

    void start_row(T* to, const T* from, Index b, Index count) const {
        fill_zero(to, plan.row);
        if (from) copy_row(to, from + b * count, count);
    }

    void walk(Index step) {
        step_now = step;
        R::back_step(*this, slots.among(schedule.running(step)));
    }

    void finish() const {
        const Range own = share(call.batch, team.rank, team.size);
        for (Index slot = own.begin; slot < own.end; ++slot) {
            const Index b = schedule.order[slot];
            if (call.dx.data)
                for (Index t = schedule.length[slot]; !schedule.packed && t < call.steps; ++t) fill_zero(call.dx.at(b, t), call.features);
            if (call.dstate) copy_row(call.dstate + b * call.outputs, plan.dstate + slot * plan.row, call.outputs);
            if (R::has_cell && call.dcell) copy_row(call.dcell + b * call.units, plan.dcell + slot * plan.row, call.units);
        }
        if (team.rank != 0) return;
        for (Index gate = 0; gate < R::gates; ++gate) {
            const Index at = gate * call.units;
            if (call.dinput_bias)
                copy_row(call.dinput_bias + at, plan.sums + (R::input_slot + gate) * plan.units, call.units);
            if (call.drecurrent_bias)
                copy_row(call.drecurrent_bias + at, plan.sums + R::recurrent_slot(gate) * plan.units, call.units);
        }
        if constexpr (R::has_cell) R::last(*this);
        if (schedule.steps > 0) return;
        if (call.dinput_weights) fill_zero(call.dinput_weights, R::gates * call.units * call.features);
        if (call.drecurrent_weights) fill_zero(call.drecurrent_weights, R::gates * call.units * call.outputs);
    }

    const T** operands_;  // [rows]
    Index stretch_begins_ = 0;
};

}  // namespace tidegate::TIDEGATE_ISA
