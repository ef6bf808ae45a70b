#pragma once

#include <cstdint>

namespace tidegate {

using Nanoseconds = std::int64_t;

// Whether to wait for a team at all. On a core that another process keeps busy, a member of the team begins only when the
// scheduler lets it, milliseconds later, and a short call is done sooner by one thread. That cannot be known beforehand:
// who came late once is not waited for again until a pause is over, and longer pauses follow if he is late again by then.
class Lateness {
public:
    // saving: how much sooner a punctual team would be done. No call waits for longer than it can win.
    bool better_alone(Nanoseconds now, Nanoseconds saving) const noexcept { return now < again_ && saving < late_; }

    // A team's last member came `late` after the first one.
    void saw(Nanoseconds now, Nanoseconds late) noexcept;

private:
    Nanoseconds late_ = 0, pause_ = 0, again_ = 0;
};

// Of this thread, as OpenMP keeps a pool for each thread that calls it.
Lateness& lateness() noexcept;

Nanoseconds clock_now() noexcept;

}  // namespace tidegate
