#pragma once

// The walk forward, common to all recurrences. A recurrence R gives
//   R::gates     gates that the input feeds
//   R::slots     vectors per unit that backward needs
//   R::has_cell, R::has_inner   whether there is a cell; whether a second product of a step sees something of its own
//   R::parks     whether the first product of a step leaves something for the second
//   R::Weights   its packed recurrent weights
//   R::step      one step for the walker's rows and panels

#include "forward_plan.hpp"
#include "vec_math.hpp"

namespace tidegate::TIDEGATE_ISA {

// One thread's part of a forward call.
template <class R, class T>
class Forward {
public:
    using Plan = ForwardPlan<R, T>;
    static constexpr Index W = width<T>;

    Forward(const Call<T>& call_, const Schedule& schedule_, const Plan& plan_, const Team& team_)
        : call(call_), schedule(schedule_), plan(plan_), team(team_), by_units(divides_units(call_, R::gates, team_.size)),
          slots(by_units ? Slots{0, 1} : Slots{team_.rank, team_.size}),
          panels(mine_of(plan_.panels)), output_panels(mine_of(plan_.output_panels)),
          inputs(plan_.pointers + team_.rank * plan_.pointers_each), operands(inputs + call_.batch) {}

    void run() {
        if (call.preparation == Preparation::prepares) return pack();
        begin();
        input = plan.input.matrix(call.input_weights);
        for (Index step = 0; step < schedule.steps;) {
            const Index end = plan.fused ? schedule.steps : stretch_end(schedule, step, plan.stretch);
            stretch_begins = step;
            if (!plan.fused) project(step, end);
            for (; step < end; ++step) walk(step);
            if (!plan.fused) wait(team);
        }
        if (plan.fused) wait(team);
        finish();
    }

    // In the step of a recurrence.

    void all_meet() const {
        if (by_units) wait(team);
    }

    Operands<T> operand_rows() const { return {operands, own_tiles()}; }

    Index row_of_batch(Index row) const { return schedule.order[slots.at(row)]; }
    Index true_step(Index row) const { return schedule.offset[step_now] + slots.at(row); }
    T* compact(T* base, Index row) const { return base + slots.at(row) * plan.row; }
    T* inner(Index row) const { return compact(plan.inner, row); }
    T* old_state(Index row) const { return compact(plan.state[step_now & 1], row); }
    T* saved(Index row) const {
        return call.saved ? call.saved + true_step(row) * R::slots * padded<T>(call.units) : nullptr;
    }

    // sums ← W x + b for all gates of a block.
    void input_sums(const Block& block, T* sums) const {
        constexpr Index G = R::gates;
        const Index vectors = block.panels * G;
        for (Index r = 0; r < block.rows; ++r) {
            const T* from = plan.bias + block.panel * G * W;
            if (!plan.fused) from = plan.projected + (projected_row(block.row + r) * plan.panels + block.panel) * G * W;
            for (Index v = 0; v < vectors; ++v) store(sums + (r * vectors + v) * W, load(from + v * W));
        }
        if (plan.fused) multiply_any<T, G>(inputs + block.row, block, input, sums);
    }

    // The recurrent weights as this step needs them: not at all where the state is zero because none was given.
    Matrix<T> recurrent(const Matrix<T>& weights) const { return call.state || step_now > 0 ? weights : Matrix<T>{}; }

    // The new state of one vector of units of one row.
    void put_state(Index row, Index unit, Vec<T> value) const {
        const Index b = row_of_batch(row), count = call.outputs - unit, t = schedule.place(slots.at(row), step_now);
        if (call.keep.data) {
            const Vec<T> keep = load_part(call.keep.at(b, t) + unit, count);
            value = keep * load(old_state(row) + unit) + (T(1) - keep) * value;
        }
        store(compact(plan.state[(step_now + 1) & 1], row) + unit, value);
        if (call.dropout)
            store(compact(plan.operand[(step_now + 1) & 1], row) + unit,
                  value * load_part(call.dropout + b * call.outputs + unit, count));
        if (call.y.data) store_part(call.y.at(b, t) + unit, value, count);
    }

    // Zoneout of the cell.
    Vec<T> kept_cell(Index row, Index unit, Vec<T> old, Vec<T> value) const {
        if (!call.keep_cell.data) return value;
        const Index t = schedule.place(slots.at(row), step_now);
        const Vec<T> keep = load_part(call.keep_cell.at(row_of_batch(row), t) + unit, call.units - unit);
        return keep * old + (T(1) - keep) * value;
    }

    const Call<T>& call;
    const Schedule& schedule;
    const Plan& plan;
    const Team& team;
    const bool by_units;
    const Slots slots;
    const Range panels, output_panels;
    Matrix<T> input;
    const T** inputs;    // [rows] x of this step, fused
    const T** operands;  // [rows] state as the recurrent product sees it
    Index step_now = 0, stretch_begins = 0;

private:
    Range mine_of(Index all) const { return by_units ? share(all, team.rank, team.size) : Range{0, all}; }

    Index projected_row(Index row) const { return true_step(row) - schedule.offset[stretch_begins]; }

    char* own_tiles() const { return plan.tiles + team.rank * plan.tiles_each; }

    void pack() const {
        plan.input.pack(call.input_weights, team);
        plan.weights.pack(call, team, plan.bias);
    }

    void begin() const {
        if (call.preparation == Preparation::none) pack();
        const Range own = share(call.batch, team.rank, team.size);
        for (Index slot = own.begin; slot < own.end; ++slot) begin_row(slot);
        wait(team);
    }

    void begin_row(Index slot) const {
        const Index b = schedule.order[slot];
        start_row(plan.state[0] + slot * plan.row, call.state, b, call.outputs);
        fill_zero(plan.state[1] + slot * plan.row, plan.row);
        if constexpr (R::has_cell) start_row(plan.cell + slot * plan.row, call.cell, b, call.units);
        if (!call.dropout) return;
        for (T* operand : plan.operand) fill_zero(operand + slot * plan.row, plan.row);
        for (Index i = 0; i < call.outputs; ++i)
            plan.operand[0][slot * plan.row + i] = plan.state[0][slot * plan.row + i] * call.dropout[b * call.outputs + i];
    }

    void start_row(T* to, const T* from, Index b, Index count) const {
        fill_zero(to, plan.row);
        if (from) copy_row(to, from + b * count, count);
    }

    void walk(Index step) {
        step_now = step;
        const Index rows = slots.among(schedule.running(step));
        for (Index row = 0; row < rows; ++row) {
            const Index slot = slots.at(row);
            operands[row] = plan.operand[step & 1] + slot * plan.row;
            if (plan.fused) inputs[row] = call.x.at(schedule.order[slot], schedule.place(slot, step));
        }
        R::step(*this, rows);
        all_meet();
    }

    // W x + b of all true steps in [step, end), which the team divides evenly.
    void project(Index step, Index end) {
        const T** rows = operands + call.batch;
        Index count = 0;
        for (Index s = step; s < end; ++s)
            for (Index slot = 0; slot < schedule.running(s); ++slot)
                rows[count++] = call.x.at(schedule.order[slot], schedule.place(slot, s));
        if (plan.input.in_tiles())
            project_by_rows(rows, share(count, team.rank, team.size));
        else
            project_by_blocks(rows, count);
        wait(team);
    }

    void project_by_blocks(const T** rows, Index count) const {
        constexpr Index G = R::gates;
        const Pieces blocks(0, count, rows_together(G));
        const Range mine = share(blocks.pieces * plan.panels, team.rank, team.size);
        alignas(64) T sums[most_sums<T> * W];
        for (Index i = mine.begin; i < mine.end; ++i) {
            const Index row = blocks.start(i % blocks.pieces), panel = i / blocks.pieces;
            const Block block{row, blocks.start(i % blocks.pieces + 1) - row, panel, 1};
            begin_projected(block, sums);
            multiply<T, G>(rows + row, block, input, sums);
            end_projected(block, sums);
        }
    }

    void project_by_rows(const T** rows, Range mine) const {
        const Pieces pieces(mine.begin, mine.end, plan.rows_projected_together);
        for (Index piece = 0; piece < pieces.pieces; ++piece) {
            const Index first = pieces.start(piece);
            const auto end = [&](Block block, const T* sums) {
                block.row += first;
                end_projected(block, sums);
            };
            sweep<T, R::gates>(pieces.start(piece + 1) - first, Range{0, plan.panels}, {rows + first, own_tiles()}, input,
                               [&](const Block& block, T* sums) { begin_projected(block, sums); }, end);
        }
    }

    void begin_projected(const Block& block, T* sums) const {
        constexpr Index G = R::gates;
        const Index values = block.panels * G * W;
        for (Index r = 0; r < block.rows; ++r) copy_row(sums + r * values, plan.bias + block.panel * G * W, values);
    }

    void end_projected(const Block& block, const T* sums) const {
        constexpr Index G = R::gates;
        const Index values = block.panels * G * W;
        for (Index r = 0; r < block.rows; ++r)
            copy_row(plan.projected + ((block.row + r) * plan.panels + block.panel) * G * W, sums + r * values, values);
    }

    void finish() const {
        const Range own = share(call.batch, team.rank, team.size);
        for (Index slot = own.begin; slot < own.end; ++slot) {
            const Index b = schedule.order[slot], length = schedule.length[slot];
            for (Index t = length; call.y.data && !schedule.packed && t < call.steps; ++t) fill_zero(call.y.at(b, t), call.outputs);
            if (call.last_state)
                copy_row(call.last_state + b * call.outputs, plan.state[length & 1] + slot * plan.row, call.outputs);
            if (R::has_cell && call.last_cell)
                copy_row(call.last_cell + b * call.units, plan.cell + slot * plan.row, call.units);
        }
    }
};

}  // namespace tidegate::TIDEGATE_ISA
