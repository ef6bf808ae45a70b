#pragma once

// The walk backward, common to all recurrences. A recurrence R gives, besides what forward.hpp asks for,
//   R::BackWeights      its packed transposes
//   R::back_step        gradients of one step for the walker's rows and panels
//   R::input_slot       first slot of the gradients of W x + b, gates in torch's order
//   R::recurrent_slot   slot of the gradient of what row gate·H of the recurrent weights makes
//
// The walk goes in stretches. After each, the gradients of all its steps make one product each for the inputs and for the
// weights, so only one stretch of them is ever held.

#include "arena.hpp"
#include "division.hpp"
#include "gradients.hpp"
#include "vec_math.hpp"

namespace tidegate::TIDEGATE_ISA {

// Whether the gradient of x is made with the weights as the caller has them.
template <class T>
bool input_given(const Call<T>& call) {
    return few_steps(call) && call.features % width<T> == 0;
}

// Memory of one backward call, shared by the team.
//   dstate, dcell  [B][row]  by slot: gradient of the state after the step to come
//   gradients      [rows of a stretch][slots][padded H]
//   transposed     [panels of F][gates · padded H][lane]
//   right_*        rows of a stretch in panels: x, and the state (and what else) as the recurrent product saw it
//   sums           [slots][padded H] of gradients, for the biases
template <class R, class T>
struct BackwardPlan {
    typename R::template BackWeights<T> weights;
    T *dstate, *dcell, *inner, *gradients, *transposed, *right_input, *right_state, *right_inner, *sums, *zeros, *strips;
    const T** pointers;
    Index row, units, panels, output_panels, stretch, strip_each, pointers_each;

    BackwardPlan(const Call<T>& call, Index team, Arena& arena) : weights(call, arena) {
        constexpr Index W = width<T>;
        const Index outputs = padded<T>(call.outputs), features = padded<T>(call.features);
        row = compact_row<T>(most(call.units, call.outputs));
        units = padded<T>(call.units);
        panels = units / W;
        output_panels = outputs / W;
        stretch = most(call.batch, rows_of_stretch);
        dstate = arena.take<T>(call.batch * row);
        dcell = arena.take<T>(R::has_cell ? call.batch * row : 0);
        inner = arena.take<T>(R::has_inner ? call.batch * row : 0);
        gradients = arena.take<T>(stretch * R::slots * units);
        transposed = arena.take<T>(call.dx.data && !input_given(call) ? R::gates * units * features : 0);
        right_input = arena.take<T>(call.dinput_weights ? stretch * features : 0);
        right_state = arena.take<T>(call.drecurrent_weights ? stretch * outputs : 0);
        right_inner = arena.take<T>(R::has_inner ? stretch * units : 0);
        sums = arena.take<T>(R::slots * units);
        zeros = arena.take<T>(most(units, outputs));
        strip_each = stretch * rows_together(1);
        strips = arena.take<T>(team * strip_each);
        pointers_each = call.batch + 2 * stretch;
        pointers = arena.take<const T*>(team * pointers_each);
    }
    static constexpr Index rows_of_stretch = 512;
};

// One thread's part of a backward call.
template <class R, class T>
class Backward {
public:
    using Plan = BackwardPlan<R, T>;
    static constexpr Index W = width<T>;

    Backward(const Call<T>& call_, const Schedule& schedule_, const Plan& plan_, const Team& team_)
        : call(call_), schedule(schedule_), plan(plan_), team(team_), by_units(divides_units(call_, R::gates, team_.size)),
          slots(by_units ? Slots{0, 1} : Slots{team_.rank, team_.size}),
          panels(mine_of(plan_.panels)), output_panels(mine_of(plan_.output_panels)),
          operands(plan_.pointers + team_.rank * plan_.pointers_each), listed(operands + call_.batch) {}

    void run() {
        begin();
        wait(team);
        for (Index end = schedule.steps; end > 0;) {
            stretch_begins = stretch_begin(schedule, end, plan.stretch);
            for (Index step = end - 1; step >= stretch_begins; --step) walk(step);
            wait(team);
            gather(end);
            wait(team);
            weight_gradients(end);
            wait(team);
            end = stretch_begins;
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

    Index true_step(Index row) const { return schedule.offset[step_now] + slots.at(row); }
    const T* saved_at(Index slot, Index step) const {
        return call.saved + (schedule.offset[step] + slot) * R::slots * plan.units;
    }
    const T* saved(Index row) const { return saved_at(slots.at(row), step_now); }
    T* gradients(Index row) const {
        return plan.gradients + (true_step(row) - schedule.offset[stretch_begins]) * R::slots * plan.units;
    }
    T* compact(T* base, Index row) const { return base + slots.at(row) * plan.row; }
    const T* old_state(Index row) const { return state_before(slots.at(row), step_now); }

    // The state that slot's step began with, as the caller's arrays have it: not padded.
    const T* state_before(Index slot, Index step) const {
        const Index b = schedule.order[slot];
        if (step > 0) return call.y.at(b, schedule.place(slot, step - 1));
        return call.state ? call.state + b * call.outputs : plan.zeros;
    }

    // visit(row, unit, vector of weights · gradients from `slot` on) for `rows` rows and the panels in `range`.
    template <class Visit>
    void product(const Matrix<T>& weights, Index slot, Index rows, Range range, Visit visit) const {
        for (Index row = 0; row < rows; ++row) operands[row] = gradients(row) + slot * plan.units;
        const auto begin = [&](const Block& block, T* sums) { fill_zero(sums, block.rows * block.panels * W); };
        const auto end = [&](const Block& block, const T* sums) {
            each(block, [&](Index row, Index panel, Index i) { visit(row, panel * W, load(sums + i * W)); });
        };
        sweep<T, 1>(rows, range, Operands<T>{operands}, weights, begin, end);
    }

    // Adds to the gradient of the old state what arrives through the recurrent product.
    void to_old_state(const Matrix<T>& weights, Index slot, Index rows) const {
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

    // Of a whole stretch, which ends before step `end`.

    Index stretch_rows(Index end) const { return schedule.offset[end] - schedule.offset[stretch_begins]; }

    template <class Visit>
    void each_row(Index end, Visit visit) const {
        Index row = 0;
        for (Index step = stretch_begins; step < end; ++step)
            for (Index slot = 0; slot < schedule.running(step); ++slot) visit(row++, slot, step);
    }

    OuterProduct<T> outer(Index end, Index slot, const T* right, Index columns) const {
        return {plan.gradients + slot * plan.units, R::slots * plan.units, call.units, stretch_rows(end), right, columns,
                plan.strips + team.rank * plan.strip_each};
    }

    const Call<T>& call;
    const Schedule& schedule;
    const Plan& plan;
    const Team& team;
    const bool by_units;
    const Slots slots;
    const Range panels, output_panels;
    const T** operands;  // [rows]
    const T** listed;    // [2 · rows of a stretch]
    Index step_now = 0, stretch_begins = 0;

private:
    static Arriving divided(Vec<T> whole, const Sequence<const T>& keeps, Index b, Index t, Index unit, Index count) {
        if (!keeps.data) return {whole, Vec<T>{}};
        const Vec<T> keep = load_part(keeps.at(b, t) + unit, count);
        return {(T(1) - keep) * whole, keep * whole};
    }

    Range mine_of(Index all) const { return by_units ? share(all, team.rank, team.size) : Range{0, all}; }

    void begin() const {
        plan.weights.pack(call, team);
        if (call.dx.data && !input_given(call)) {
            const Range mine = share(parts(call.features, W), team.rank, team.size);
            pack_transposed(call.input_weights, R::input_gate_of, R::gates, call.units, call.features, mine, plan.transposed);
        }
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

    // Inputs' gradients, the biases' sums, and the right sides of the weights' gradients.
    void gather(Index end) {
        const Index count = stretch_rows(end);
        if (call.dx.data) input_gradients(end, share(count, team.rank, team.size));
        constexpr Index summed = R::input_slot + R::gates;
        add_rows(plan.gradients, R::slots * plan.units, count, share(summed * plan.panels, team.rank, team.size), plan.sums);
        if (call.dinput_weights) {
            each_row(end, [&](Index row, Index slot, Index step) {
                listed[row] = call.x.at(schedule.order[slot], schedule.place(slot, step));
            });
            pack_rows<T>(listed, nullptr, count, call.features, share(parts(call.features, W), team.rank, team.size),
                         plan.right_input);
        }
        if constexpr (R::has_inner) {
            each_row(end, [&](Index row, Index slot, Index step) {
                listed[row] = saved_at(slot, step) + R::inner_slot * plan.units;
            });
            pack_rows<T>(listed, nullptr, count, call.units, share(plan.panels, team.rank, team.size), plan.right_inner);
        }
        if constexpr (R::has_cell) R::more_sums(*this, end);
        if (!call.drecurrent_weights) return;
        const T** factors = listed + plan.stretch;
        each_row(end, [&](Index row, Index slot, Index step) {
            listed[row] = state_before(slot, step);
            if (call.dropout) factors[row] = call.dropout + schedule.order[slot] * call.outputs;
        });
        pack_rows<T>(listed, call.dropout ? factors : nullptr, count, call.outputs,
                     share(parts(call.outputs, W), team.rank, team.size), plan.right_state);
    }

    // A few rows at a time, so that their gradients stay in the cache while all panels of weights go by.
    void input_gradients(Index end, Range mine) const {
        const Index depth = R::gates * plan.units, room = own_cache_bytes / 2 / (depth * static_cast<Index>(sizeof(T)));
        T** to = const_cast<T**>(listed + plan.stretch);
        const Matrix<T> weights = input_given(call) ? transposed_as_given(call.input_weights, R::input_gate_of, R::gates,
                                                                          call.units, call.features, plan.units)
                                                    : in_panels<T>(plan.transposed, 1, depth);
        each_row(end, [&](Index row, Index slot, Index step) {
            listed[row] = plan.gradients + (row * R::slots + R::input_slot) * plan.units;
            to[row] = call.dx.at(schedule.order[slot], schedule.place(slot, step));
        });
        const Pieces pieces(mine.begin, mine.end, most(room, 32));
        for (Index piece = 0; piece < pieces.pieces; ++piece) {
            const Index first = pieces.start(piece);
            const auto begin = [&](const Block& block, T* sums) { fill_zero(sums, block.rows * block.panels * W); };
            const auto finish = [&](const Block& block, const T* sums) {
                each(block, [&](Index row, Index panel, Index i) {
                    store_part(to[first + row] + panel * W, load(sums + i * W), call.features - panel * W);
                });
            };
            sweep<T, 1>(pieces.start(piece + 1) - first, Range{0, parts(call.features, W)}, Operands<T>{listed + first}, weights, begin,
                        finish);
        }
    }

    void weight_gradients(Index end) const {
        const bool first = end == schedule.steps;
        const Range mine = share(call.units, team.rank, team.size);
        for (Index gate = 0; gate < R::gates; ++gate) {
            if (call.dinput_weights)
                add_outer(outer(end, R::input_slot + gate, plan.right_input, call.features), mine, first,
                          call.dinput_weights + gate * call.units * call.features);
            if (call.drecurrent_weights)
                add_outer(outer(end, R::recurrent_slot(gate), R::sees_inner(gate) ? plan.right_inner : plan.right_state,
                                call.outputs),
                          mine, first, call.drecurrent_weights + gate * call.units * call.outputs);
        }
        if constexpr (R::has_cell) R::more_weights(*this, end, first);
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
};

}  // namespace tidegate::TIDEGATE_ISA
