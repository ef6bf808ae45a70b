#pragma once

// What is made of the gradients of a whole stretch of steps at once: the inputs' gradients, and those of weights and biases.

#include "backward_plan.hpp"

namespace tidegate::TIDEGATE_ISA {

// One thread's part of it. The stretch covers the steps from `begin` to before `end`.
template <class R, class T>
class Stretch : public BackwardView<R, T> {
    using View = BackwardView<R, T>;

public:
    using View::call, View::plan, View::schedule, View::team;
    static constexpr Index W = width<T>;

    Stretch(const View& view, Index begin_, Index end_)
        : View(view), begin(begin_), end(end_), count(schedule.offset[end_] - schedule.offset[begin_]),
          listed_(plan.pointers + team.rank * plan.pointers_each + call.batch), listed_too_(listed_ + plan.stretch) {}

    void run() const {
        gather();
        wait(team);
        add_to_weights();
        wait(team);
    }

    // visit(row, slot, step) for every true step, in the order of the gradients' rows.
    template <class Visit>
    void each_row(Visit visit) const {
        Index row = 0;
        for (Index step = begin; step < end; ++step)
            for (Index slot = 0; slot < schedule.running(step); ++slot) visit(row++, slot, step);
    }

    const T* gradients(Index row, Index slot) const { return plan.gradients + row * plan.gradients_row + slot * plan.units; }

    const Index begin, end, count;

private:
    Range share_of(Index whole) const { return share(whole, team.rank, team.size); }

    // Inputs' gradients, the biases' sums, and the right sides of the weights' gradients.
    void gather() const {
        if (call.dx.data) input_gradients(share_of(count));
        constexpr Index summed = R::input_slot + R::gates;
        add_rows(plan.gradients, plan.gradients_row, count, share_of(summed * plan.panels), plan.sums);
        if constexpr (R::has_cell) R::more_sums(*this);
        if constexpr (has_tiles<T>)
            if (plan.weights_in_tiles) return this->split_right_sides();
        pack_right_sides();
    }

    // A few rows at a time, so that their gradients stay in the cache while all panels of weights go by.
    void input_gradients(Range mine) const {
        T** to = const_cast<T**>(listed_too_);
        each_row([&](Index row, Index slot, Index step) {
            listed_[row] = gradients(row, R::input_slot);
            to[row] = call.dx.at(schedule.order[slot], schedule.place(slot, step));
        });
        const Matrix<T> weights = plan.input.matrix(call.input_weights);
        const Pieces pieces(mine.begin, mine.end, plan.input_rows_together());
        for (Index piece = 0; piece < pieces.pieces; ++piece) {
            const Index first = pieces.start(piece);
            const auto start = [&](const Block& block, T* sums) { fill_zero(sums, block.rows * block.panels * W); };
            const auto finish = [&](const Block& block, const T* sums) {
                each(block, [&](Index row, Index panel, Index i) {
                    store_part(to[first + row] + panel * W, load(sums + i * W), call.features - panel * W);
                });
            };
            sweep<T, 1>(pieces.start(piece + 1) - first, Range{0, parts(call.features, W)},
                        View::in_own_tiles(listed_ + first), weights, start, finish);
        }
    }

    void list_inputs() const {
        each_row([&](Index row, Index slot, Index step) {
            listed_[row] = call.x.at(schedule.order[slot], schedule.place(slot, step));
        });
    }

    void list_inner() const {
        each_row([&](Index row, Index slot, Index step) {
            listed_[row] = View::saved_at(slot, step) + R::inner_slot * plan.units;
        });
    }

    // States, and their factors, or null.
    const T** list_states() const {
        each_row([&](Index row, Index slot, Index step) {
            listed_[row] = View::state_before(slot, step);
            if (call.dropout) listed_too_[row] = call.dropout + schedule.order[slot] * call.outputs;
        });
        return call.dropout ? listed_too_ : nullptr;
    }

    void pack_right_sides() const {
        const auto pack = [&](const T* const* factors, Index columns, T* to) {
            pack_rows<T>(listed_, factors, count, columns, share_of(parts(columns, W)), to);
        };
        if (call.dinput_weights) {
            list_inputs();
            pack(nullptr, call.features, plan.right_input);
        }
        if constexpr (R::has_inner) {
            list_inner();
            pack(nullptr, call.units, plan.right_inner);
        }
        if (call.drecurrent_weights) {
            const T** factors = list_states();
            pack(factors, call.outputs, plan.right_state);
        }
    }

    void add_to_weights() const {
        const bool first = end == schedule.steps;
        if constexpr (has_tiles<T>)
            if (plan.weights_in_tiles) {
                if (!this->any_spoilt()) return this->add_in_tiles(first);
                pack_right_sides();
                wait(team);
            }
        const Range mine = share_of(call.units);
        for (Index gate = 0; gate < R::gates; ++gate) {
            if (call.dinput_weights)
                add_outer(outer(R::input_slot + gate, plan.right_input, call.features), mine, first, input_weights_of(gate));
            if (call.drecurrent_weights)
                add_outer(outer(R::recurrent_slot(gate), R::sees_inner(gate) ? plan.right_inner : plan.right_state,
                                call.outputs),
                          mine, first, recurrent_weights_of(gate));
        }
        if constexpr (R::has_cell && R::has_inner)
            if (call.dprojection)
                add_outer(outer(R::inner_slot, plan.right_inner, call.units), share_of(call.outputs), first,
                          call.dprojection);
    }

    T* input_weights_of(Index gate) const {
        return call.dinput_weights ? call.dinput_weights + gate * call.units * call.features : nullptr;
    }
    T* recurrent_weights_of(Index gate) const {
        return call.drecurrent_weights ? call.drecurrent_weights + gate * call.units * call.outputs : nullptr;
    }

    OuterProduct<T> outer(Index slot, const T* right, Index columns) const {
        return {gradients(0, slot), plan.gradients_row, call.units, count, right, columns,
                plan.strips + team.rank * plan.strip_each};
    }

#if defined(__AMX_BF16__)

    void split_right_sides() const {
        Splittable seen;
        const Range blocks = share_of(blocks_of(count));
        const auto split = [&](const T* const* factors, Index columns, char* to) {
            split_right(listed_, factors, count, columns, blocks, seen, to);
        };
        if (call.dinput_weights) {
            list_inputs();
            split(nullptr, call.features, plan.split_input);
        }
        if constexpr (R::has_inner) {
            list_inner();
            split(nullptr, call.units, plan.split_inner);
        }
        if (call.drecurrent_weights) {
            const T** factors = list_states();
            split(factors, call.outputs, plan.split_state);
        }
        see_gradients(seen);
        plan.spoilt[team.rank] = !seen.all();
    }

    void see_gradients(Splittable& seen) const {
        const Range mine = share_of(count);
        for (const LeftColumns& left : left_columns())
            for (Index row = mine.begin; row < mine.end; ++row)
                for (Index unit = 0; unit < left.units; unit += W)
                    seen.see(load(left.values + row * plan.gradients_row + unit));
    }

    bool any_spoilt() const {
        bool any = false;
        for (Index rank = 0; rank < team.size; ++rank) any |= plan.spoilt[rank] != 0;
        return any;
    }

    struct AllLeft {
        LeftColumns slot[R::slots];
        const LeftColumns* begin() const { return slot; }
        const LeftColumns* end() const { return slot + R::slots; }
    };

    // What is made of the gradients in each slot.
    AllLeft left_columns() const {
        AllLeft all{};
        LeftColumns* left = all.slot;
        for (Index slot = 0; slot < R::slots; ++slot) left[slot].values = gradients(0, slot);
        for (Index gate = 0; gate < R::gates; ++gate) {
            LeftColumns &input = left[R::input_slot + gate], &recurrent = left[R::recurrent_slot(gate)];
            input.units = recurrent.units = call.units;
            input.destination[0] = {plan.split_input, call.features, input_weights_of(gate)};
            recurrent.destination[1] = {R::sees_inner(gate) ? plan.split_inner : plan.split_state, call.outputs,
                                        recurrent_weights_of(gate)};
        }
        if constexpr (R::has_cell && R::has_inner)
            left[R::inner_slot] = {left[R::inner_slot].values,
                                   call.outputs,
                                   {{}, {plan.split_inner, call.units, call.dprojection}}};
        return all;
    }

    void add_in_tiles(bool first) const {
        const OuterTiles product(plan.gradients_row, count, plan.zeros, first,
                                 plan.tiles + team.rank * plan.tiles_each);
        product.add(left_columns().slot, R::slots, share_of(R::slots * parts(call.units, strip_columns)));
    }

#endif

    const T** listed_;      // [rows of a stretch]
    const T** listed_too_;  // [rows of a stretch]
};

}  // namespace tidegate::TIDEGATE_ISA
