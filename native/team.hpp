#pragma once

#include <cstddef>

#include "lateness.hpp"

namespace tidegate {

struct Barrier;

// The threads that work on one call; every one of them runs the same function.
struct Team {
    std::ptrdiff_t rank, size;
    Barrier* barrier;
};

// All members of the team meet here.
void wait(const Team& team) noexcept;

// Runs `work(context, team)` on up to `threads` threads, this one among them, and returns when all have finished: how long
// after the call the last of them began.
Nanoseconds run_team(std::ptrdiff_t threads, void (*work)(void* context, const Team& team), void* context);

// 0 where the library was built without OpenMP: then every team has one member.
bool has_threads() noexcept;

}  // namespace tidegate
