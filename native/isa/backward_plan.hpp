#pragma once

// Memory of the walk backward, and what all parts of it can look up.

#include "gradients.hpp"
#include "outer_tiles.hpp"
#include "transposed.hpp"

namespace tidegate::TIDEGATE_ISA {

// Memory of one backward call, shared by the team.
//   dstate, dcell  [B][row]  by slot: gradient of the state after the step to come
//   gradients      [rows of a stretch][gradients_row], in it [slots][padded H]
//   right_*        rows of a stretch in panels: x, and the state (and what else) as the recurrent product saw it
//   split_*        the same for tiles
//   sums           [slots][padded H] of gradients, for the biases
template <class R, class T>
struct BackwardPlan {
    typename R::template BackWeights<T> weights;
    Transposed<T, R::gates> input;
    T *dstate, *dcell, *gradients, *right_input, *right_state, *right_inner, *sums, *zeros, *strips;
    char *split_input, *split_state, *split_inner;
    char *spoilt, *tiles;  // [team]; [team][tiles_each]
    const T** pointers;    // [team][pointers_each]
    Index row, gradients_row, units, panels, output_panels, stretch, strip_each, pointers_each, tiles_each;
    bool weights_in_tiles;

    BackwardPlan(const Call<T>& call, Index team, Arena& arena)
        : weights(call, arena),
          input(call, R::input_gate_of, call.units, call.features, call.steps * call.batch, arena, call.dx.data != nullptr) {
        constexpr Index W = width<T>;
        const Index outputs = padded<T>(call.outputs), features = padded<T>(call.features);
        const Index true_steps = call.steps * call.batch;
        row = compact_row<T>(most(call.units, call.outputs));
        units = padded<T>(call.units);
        gradients_row = compact_row<T>(R::slots * units);
        panels = units / W;
        output_panels = outputs / W;
        stretch = most(call.batch, least(rows_of_stretch, true_steps));
        weights_in_tiles = worth_tiles(call, {0, true_steps, true_steps});
        dstate = arena.take<T>(call.batch * row);
        dcell = arena.take<T>(R::has_cell ? call.batch * row : 0);
        gradients = arena.take<T>(stretch * gradients_row);
        const Index inputs_right = call.dinput_weights ? features : 0;
        const Index states_right = call.drecurrent_weights ? outputs : 0, inner_right = R::has_inner ? units : 0;
        right_input = arena.take<T>(stretch * inputs_right);
        right_state = arena.take<T>(stretch * states_right);
        right_inner = arena.take<T>(stretch * inner_right);
        const Index split_panel_bytes = weights_in_tiles ? column_tiles_bytes(stretch) : 0;
        split_input = arena.take<char>(inputs_right / W * split_panel_bytes);
        split_state = arena.take<char>(states_right / W * split_panel_bytes);
        split_inner = arena.take<char>(inner_right / W * split_panel_bytes);
        sums = arena.take<T>(R::slots * units);
        zeros = arena.take<T>(most(units, outputs));
        strip_each = stretch * rows_together(1);
        strips = arena.take<T>(team * strip_each);
        pointers_each = call.batch + 2 * stretch;
        pointers = arena.take<const T*>(team * pointers_each);
        tiles_each = most(left_tiles_bytes(call.batch, R::slots * units),
                          most(left_tiles_bytes(input_rows_together(), R::gates * units), outer_tiles_bytes(stretch)));
        tiles = arena.take<char>(has_tiles<T> ? team * tiles_each : 0);
        spoilt = arena.take<char>(team);
    }

    // So many rows of gradients lie in the cache while all panels of the input's weights go by.
    Index input_rows_together() const {
        const Index depth = R::gates * units;
        if (!has_tiles<T>) return most(own_cache_bytes / 2 / (depth * static_cast<Index>(sizeof(T))), 32);
        constexpr Index two_tiles = 2 * tile_rows, three_planes = 6;
        return least(most(own_cache_bytes * 3 / 2 / (depth * three_planes * two_tiles), 1), 8) * two_tiles;
    }

    static constexpr Index rows_of_stretch = 512;
};

// What one thread's parts of a backward call have in common.
template <class R, class T>
struct BackwardView {
    const Call<T>& call;
    const Schedule& schedule;
    const BackwardPlan<R, T>& plan;
    const Team& team;

    const T* saved_at(Index slot, Index step) const {
        return call.saved + (schedule.offset[step] + slot) * R::slots * plan.units;
    }

    // The state that slot's step began with, as the caller's arrays have it: not padded.
    const T* state_before(Index slot, Index step) const {
        const Index b = schedule.order[slot];
        if (step > 0) return call.y.at(b, schedule.place(slot, step - 1));
        return call.state ? call.state + b * call.outputs : plan.zeros;
    }

    Operands<T> in_own_tiles(const T* const* rows) const {
        return {rows, has_tiles<T> ? plan.tiles + team.rank * plan.tiles_each : nullptr};
    }
};

}  // namespace tidegate::TIDEGATE_ISA
