#pragma once

#include "packed.hpp"

namespace tidegate::TIDEGATE_ISA {

// Memory of one forward call, shared by the team.
//   state, operand  [2][B][row]  by slot; step s reads [s & 1], writes [(s + 1) & 1]. operand = state without dropout
//   cell, inner     [B][row]     old cell; what the second product of a step sees
//   parked          [2][B][row]  what the first product of a step leaves for the second
//   bias            [panels][G][W]
//   projected       [rows of a stretch][panels][G][W]   W x + b, where it is not fused into the step
template <class R, class T>
struct ForwardPlan {
    typename R::template Weights<T> weights;
    Packed<T, R::gates> input;
    T *state[2], *operand[2], *cell, *inner, *parked[2], *bias, *projected;
    const T** pointers;  // [team][pointers_each]
    char* tiles;         // [team][tiles_each] left sides of products in tiles
    Index row, panels, output_panels, stretch, pointers_each, tiles_each;
    bool fused;

    // `fixed` is for what only depends on the weights.
    ForwardPlan(const Call<T>& call, Index team, Arena& arena, Arena& fixed)
        : weights(call, fixed),
          input(call, call.units, call.features, call.steps * call.batch, fixed) {
        constexpr Index G = R::gates, W = width<T>;
        row = compact_row<T>(most(call.units, call.outputs));
        panels = parts(call.units, W);
        output_panels = parts(call.outputs, W);
        const Index padded_gates = panels * G * W, size = static_cast<Index>(sizeof(T));
        // Few rows at a time use the inner loop badly; weights beyond the cache would be read again for every step.
        const bool small = (call.features + call.outputs) * padded_gates * size <= own_cache_bytes;
        fused = few_steps(call) || (!input.in_tiles() && call.batch >= 4 && small);
        stretch = most(call.batch, most(128, own_cache_bytes / (padded_gates * size)));
        for (T*& one : state) one = arena.take<T>(call.batch * row);
        for (int i = 0; i < 2; ++i) operand[i] = call.dropout ? arena.take<T>(call.batch * row) : state[i];
        cell = arena.take<T>(R::has_cell ? call.batch * row : 0);
        inner = arena.take<T>(R::has_inner ? call.batch * row : 0);
        for (T*& one : parked) one = arena.take<T>(R::parks ? call.batch * row : 0);
        bias = fixed.take<T>(padded_gates);
        projected = arena.take<T>(fused ? 0 : stretch * padded_gates);
        pointers_each = 2 * call.batch + (fused ? 0 : stretch);
        pointers = arena.take<const T*>(team * pointers_each);
        const Index of_step = left_tiles_bytes(call.batch, most(call.outputs, R::has_inner ? call.units : 0));
        const Index of_input = left_tiles_bytes(least(stretch, rows_projected_together), call.features);
        tiles_each = most(has_tiles<T> && call.batch >= least_rows_in_tiles ? of_step : 0, input.in_tiles() ? of_input : 0);
        tiles = arena.take<char>(team * tiles_each);
    }

    // So many rows of x lie in the cache while all panels of weights go by.
    static constexpr Index rows_projected_together = 128;
};

}  // namespace tidegate::TIDEGATE_ISA
