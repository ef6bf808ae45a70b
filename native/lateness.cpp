#include "lateness.hpp"

#include <algorithm>
#include <chrono>

namespace tidegate {

namespace {

// A thread that sleeps wakes up within this time if it finds a core.
constexpr Nanoseconds punctual = 200'000;
// From a few slices of the scheduler to what is hardly noticed where the disturbance is over.
constexpr Nanoseconds shortest_pause = 10'000'000, longest_pause = 160'000'000;

}  // namespace

void Lateness::saw(Nanoseconds now, Nanoseconds late) noexcept {
    if (late <= punctual) return;
    const bool soon = now < again_ + pause_;
    pause_ = soon ? std::clamp(2 * pause_, shortest_pause, longest_pause) : shortest_pause;
    again_ = now + pause_;
    late_ = late;
}

Lateness& lateness() noexcept {
    thread_local Lateness mine;
    return mine;
}

Nanoseconds clock_now() noexcept {
    using namespace std::chrono;
    return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace tidegate
