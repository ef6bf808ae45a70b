// Compiled once per instruction set: see vector.hpp.

#include "../engine.hpp"

#include "gru.hpp"
#include "gru_before.hpp"
#include "lstm.hpp"
#include "rnn.hpp"

namespace tidegate::TIDEGATE_ISA {

namespace {

template <class Visit>
[[gnu::always_inline]] inline void with_recurrence(Kind kind, bool projected, Visit visit) {
    switch (kind) {
        case Kind::rnn_tanh: return visit(Rnn<false>{});
        case Kind::rnn_relu: return visit(Rnn<true>{});
        case Kind::gru_after: return visit(GruAfter{});
        case Kind::gru_before: return visit(GruBefore{});
        case Kind::lstm: return projected ? visit(Lstm<true>{}) : visit(Lstm<false>{});
    }
}

Index slots(Kind kind, bool projected) {
    Index count = 0;
    with_recurrence(kind, projected, [&](auto recurrence) { count = decltype(recurrence)::slots; });
    return count;
}

template <class T, class Visit>
[[gnu::always_inline]] inline void with_recurrence(const Call<T>& call, Visit visit) {
    with_recurrence(call.kind, call.projection != nullptr, visit);
}

template <class T>
Index forward_bytes(const Call<T>& call, Index threads) {
    Arena arena(nullptr), fixed(nullptr);
    Arena& weights = call.preparation == Preparation::none ? arena : fixed;
    with_recurrence(call, [&](auto recurrence) { ForwardPlan<decltype(recurrence), T>(call, threads, arena, weights); });
    return arena.used();
}

template <class T>
Index prepared_bytes(const Call<T>& call) {
    Arena arena(nullptr), fixed(nullptr);
    with_recurrence(call, [&](auto recurrence) { ForwardPlan<decltype(recurrence), T>(call, 1, arena, fixed); });
    return fixed.used();
}

template <class T>
void forward(const Call<T>& call, const Schedule& schedule, void* workspace, const Team& team) {
    with_recurrence(call, [&](auto recurrence) {
        Arena arena(workspace), fixed(call.prepared);
        Arena& weights = call.preparation == Preparation::none ? arena : fixed;
        const ForwardPlan<decltype(recurrence), T> plan(call, team.size, arena, weights);
        Forward<decltype(recurrence), T>(call, schedule, plan, team).run();
    });
}

template <class T>
Index backward_bytes(const Call<T>& call, Index threads) {
    Arena arena(nullptr);
    with_recurrence(call, [&](auto recurrence) { BackwardPlan<decltype(recurrence), T>(call, threads, arena); });
    return arena.used();
}

template <class T>
void backward(const Call<T>& call, const Schedule& schedule, void* workspace, const Team& team) {
    with_recurrence(call, [&](auto recurrence) {
        Arena arena(workspace);
        const BackwardPlan<decltype(recurrence), T> plan(call, team.size, arena);
        Backward<decltype(recurrence), T>(call, schedule, plan, team).run();
    });
}

template <class T, class Function>
[[gnu::always_inline]] inline void each(const T* from, Index count, T* to, Function function) {
    for (Index i = 0; i < count; i += width<T>)
        store_part(to + i, function(load_part(from + i, count - i)), count - i);
}

template <class T>
void each_sigmoid(const T* from, Index count, T* to) {
    each(from, count, to, [](Vec<T> x) { return sigmoid<T>(x); });
}

template <class T>
void each_tanh(const T* from, Index count, T* to) {
    each(from, count, to, [](Vec<T> x) { return tanh<T>(x); });
}

// Multiply-adds that wait for nothing: as many as the inner loop holds, none of them from memory.
template <class T>
Index busy(Index rounds, T* result) {
    constexpr int R = 12;
    Vec<T> sum[R];
    const Vec<T> factor = load_part(result, width<T>) + T(1), term = factor - T(1);
    for (int r = 0; r < R; ++r) sum[r] = term + T(r);
    for (Index round = 0; round < rounds; ++round)
#pragma GCC unroll 12
        for (int r = 0; r < R; ++r) sum[r] = sum[r] * factor + term;
    for (int r = 1; r < R; ++r) sum[0] += sum[r];
    store(result, sum[0]);
    return rounds * R * width<T>;
}

template <class T>
constexpr Routines<T> routines() {
    return {width<T>,
            slots,
            forward_bytes<T>,
            prepared_bytes<T>,
            backward_bytes<T>,
            forward<T>,
            backward<T>,
            each_sigmoid<T>,
            each_tanh<T>,
            busy<T>};
}

#define TIDEGATE_TEXT(name) #name
#define TIDEGATE_NAME(name) TIDEGATE_TEXT(name)

}  // namespace

extern const Engine engine;
const Engine engine{TIDEGATE_NAME(TIDEGATE_ISA), routines<float>(), routines<double>()};

}  // namespace tidegate::TIDEGATE_ISA
