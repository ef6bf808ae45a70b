#pragma once

#include <cstddef>

namespace tidegate {

using Index = std::ptrdiff_t;

// Functions here are always inlined: see isa/vector.hpp.

enum class Kind : Index { rnn_tanh, rnn_relu, gru_after, gru_before, lstm };

// An array [B, T, ·] or [T, B, ·]: the last axis is dense, the two others have strides, counted in values. Or packed, as
// torch's PackedSequence is: the rows of all true steps, step by step, longest sequence first; then both strides are the
// distance of two rows.
template <class T>
struct Sequence {
    T* data;
    Index batch, time;
    // An array without values may have no address, and to count on from a null pointer is undefined.
    [[gnu::always_inline]] T* at(Index b, Index place) const { return data ? data + b * batch + place * time : nullptr; }
};

// Packing weights anew for each call costs little beside a sequence, but more than a single step.
enum class Preparation : Index {
    none,      // weights are packed for this call
    prepares,  // weights are packed into `prepared`, and nothing else is done
    prepared,  // `prepared` holds the weights; their own pointers are not followed, but say which exist
};

// One layer in one direction over one batch. All arrays belong to the caller and are only borrowed for the call; no output
// may overlap an input or another output, but last_state and last_cell may be state and cell. Every pointer but x, weights
// and, backward, y may be null: zero bias, zero state, no mask, output or gradient not wanted.
//
// B batch, T steps, F features, H units, P outputs (= H unless the LSTM projects its state), G gates.
// Gates in torch's order: r,z,n and i,f,g,o.
template <class T>
struct Call {
    Kind kind;
    Index steps, batch, features, units, outputs;
    Index reverse;         // 1: each row is walked from its own end to its start
    Index threads;         // at most so many
    Preparation preparation;
    void* prepared;        // packed weights, kept by the caller between calls; see engine.hpp
    const Index* lengths;  // [B] true steps of each row, 0 ≤ length ≤ T; null: all T
    const Index* sizes;    // [T] rows that run at each step, not increasing: then sequences are packed, and lengths null

    Sequence<const T> x;         // [B, T, F]
    const T* input_weights;      // [G·H, F]
    const T* recurrent_weights;  // [G·H, P]
    const T* input_bias;         // [G·H]
    const T* recurrent_bias;     // [G·H]
    const T* projection;         // [P, H]
    const T* peepholes;          // [3, H] on i, f (old cell) and o (new cell)
    const T* state;              // [B, P] before the first step
    const T* cell;               // [B, H]
    const T* dropout;            // [B, P] factor on the state as the recurrent product sees it
    Sequence<const T> keep;      // [B, T, P] zoneout: share of the old state that stays
    Sequence<const T> keep_cell; // [B, T, H]

    Sequence<T> y;   // [B, T, P] every step's state; 0 beyond a row's length. Read, not written, by backward
    T* last_state;   // [B, P]
    T* last_cell;    // [B, H]
    T* saved;        // [true steps][saved slots][padded H]: what backward needs; written by forward, read by backward

    Sequence<const T> dy;       // [B, T, P]
    const T* dlast_state;       // [B, P]
    const T* dlast_cell;        // [B, H]
    Sequence<T> dx;             // [B, T, F]; 0 beyond a row's length
    T* dinput_weights;          // shapes of what they are gradients of
    T* drecurrent_weights;
    T* dinput_bias;
    T* drecurrent_bias;
    T* dprojection;
    T* dpeepholes;
    T* dstate;
    T* dcell;
};

// The order in which rows are walked: longest first, so that the rows still running are always the first ones.
struct Schedule {
    Index steps;          // longest length
    const Index* order;   // [B] slot → row of the batch
    const Index* length;  // [B] slot → true steps, not increasing
    const Index* offset;  // [steps + 1] true steps before each step; offset[s + 1] − offset[s] slots run at step s
    bool reverse, packed;

    [[gnu::always_inline]] Index running(Index step) const { return step < steps ? offset[step + 1] - offset[step] : 0; }
    // Where in a sequence a slot's step stands.
    [[gnu::always_inline]] Index place(Index slot, Index step) const {
        const Index time = reverse ? length[slot] - 1 - step : step;
        return packed ? offset[time] : time;
    }
};

}  // namespace tidegate
