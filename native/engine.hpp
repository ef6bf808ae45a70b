#pragma once

#include "call.hpp"
#include "team.hpp"

namespace tidegate {

// What one instruction set offers for one type of number.
template <class T>
struct Routines {
    Index lanes;
    // Values saved for each unit and true step between forward and backward.
    Index (*slots)(Kind kind, bool projected);
    // Bytes of workspace, aligned to 64, for a team of at most `threads`.
    Index (*forward_bytes)(const Call<T>& call, Index threads);
    // Bytes of `prepared`, aligned to 64, for a call that prepares weights or has them prepared.
    Index (*prepared_bytes)(const Call<T>& call);
    Index (*backward_bytes)(const Call<T>& call, Index threads);
    // Run by every member of a team, with the same arguments but its own rank.
    void (*forward)(const Call<T>& call, const Schedule& schedule, void* workspace, const Team& team);
    void (*backward)(const Call<T>& call, const Schedule& schedule, void* workspace, const Team& team);
    // to [count] ← f(from [count])
    void (*sigmoid)(const T* from, Index count, T* to);
    void (*tanh)(const T* from, Index count, T* to);
    // Multiplies and adds in registers alone, to measure a core's peak; result [lanes], in: zeros. Returns how many.
    Index (*busy)(Index rounds, T* result);
};

struct Engine {
    const char* isa;
    Routines<float> single;
    Routines<double> twice;
};

// The engine for this processor, or the one that TIDEGATE_ISA names. Throws std::runtime_error where that is unknown or
// not supported here.
const Engine& engine();

// Names of all instruction sets that this processor and this build have, the widest last; ends with a null.
const char* const* instruction_sets() noexcept;

template <class T>
const Routines<T>& routines();
template <>
const Routines<float>& routines<float>();
template <>
const Routines<double>& routines<double>();

// Lets calls of this thread have so many threads even if they ask for fewer: for whoever keeps everything else in one thread,
// as results of the engine do not depend on their number. Returns how many were lent before; 0 lends none.
Index lend_threads(Index threads) noexcept;

// Forward or backward of one call on its team. Throws std::invalid_argument on sizes that cannot be, std::bad_alloc.
template <class T>
void run_forward(const Call<T>& call);
template <class T>
void run_backward(const Call<T>& call);

}  // namespace tidegate
