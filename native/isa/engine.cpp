// Compiled once per instruction set: see vector.hpp.

#include "../engine.hpp"

#include "gru.hpp"

namespace tidegate::TIDEGATE_ISA {

namespace {

template <class Visit>
[[gnu::always_inline]] inline void with_recurrence(Kind kind, Visit visit) {
    switch (kind) {
        case Kind::gru_after: return visit(GruAfter{});
        default: return;
    }
}

Index slots(Kind kind) {
    Index count = 0;
    with_recurrence(kind, [&](auto recurrence) { count = decltype(recurrence)::slots; });
    return count;
}

template <template <class, class> class Plan, class T>
Index bytes(const Call<T>& call, Index threads) {
    Arena arena(nullptr);
    with_recurrence(call.kind, [&](auto recurrence) { Plan<decltype(recurrence), T>(call, threads, arena); });
    return arena.used();
}

template <template <class, class> class Plan, template <class, class> class Walk, class T>
void run(const Call<T>& call, const Schedule& schedule, void* workspace, const Team& team) {
    with_recurrence(call.kind, [&](auto recurrence) {
        Arena arena(workspace);
        const Plan<decltype(recurrence), T> plan(call, team.size, arena);
        Walk<decltype(recurrence), T>(call, schedule, plan, team).run();
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

template <class T>
constexpr Routines<T> routines() {
    return {width<T>,
            slots,
            bytes<ForwardPlan, T>,
            bytes<BackwardPlan, T>,
            run<ForwardPlan, Forward, T>,
            run<BackwardPlan, Backward, T>,
            each_sigmoid<T>,
            each_tanh<T>};
}

#define TIDEGATE_TEXT(name) #name
#define TIDEGATE_NAME(name) TIDEGATE_TEXT(name)

}  // namespace

extern const Engine engine;
const Engine engine{TIDEGATE_NAME(TIDEGATE_ISA), routines<float>(), routines<double>()};

}  // namespace tidegate::TIDEGATE_ISA
