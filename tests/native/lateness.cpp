// When a team is waited for and when not, told by made-up times.

#include "../../native/lateness.hpp"

#include <cstdio>
#include <cstdlib>

namespace tidegate::tests {
namespace {

constexpr Nanoseconds ms = 1'000'000, short_call = ms / 10, long_call = 100 * ms;

void require(bool held, const char* what) {
    if (held) return;
    std::fprintf(stderr, "%s\n", what);
    std::exit(1);
}

// How long after `now` a short call still goes alone, in milliseconds.
Nanoseconds pause(const Lateness& lateness, Nanoseconds now) {
    Nanoseconds after = 0;
    while (lateness.better_alone(now + after * ms, short_call)) ++after;
    return after;
}

void check_punctual() {
    Lateness lateness;
    require(!lateness.better_alone(0, 0), "at first every team is waited for");
    for (Nanoseconds now = 0; now < 100 * ms; now += ms) lateness.saw(now, ms / 20);
    require(pause(lateness, 100 * ms) == 0, "who wakes up within a twentieth of a millisecond is punctual");
}

void check_late() {
    Lateness lateness;
    lateness.saw(50 * ms, 4 * ms);
    require(lateness.better_alone(50 * ms, short_call), "a short call waits for nobody who came late");
    require(!lateness.better_alone(50 * ms, long_call), "a long call wins more than it waits");
    require(lateness.better_alone(50 * ms, 4 * ms - 1) && !lateness.better_alone(50 * ms, 4 * ms), "as much as was lost");
    lateness.saw(51 * ms, 0);
    require(pause(lateness, 51 * ms) == 9, "a long call's punctual team does not end the pause");
}

void check_pauses() {
    Lateness lateness;
    Nanoseconds now = 0, before = 0;
    for (int times = 0; times < 9; ++times) {
        lateness.saw(now, 4 * ms);
        const Nanoseconds after = pause(lateness, now);
        require(after >= before && after <= 200, "pauses grow, up to a fifth of a second");
        require(times == 0 || times > 4 || after == 2 * before, "who is late again at once doubles the pause");
        now += after * ms, before = after;
    }
    require(before >= 100, "who is always late is hardly ever waited for");
    now += 10 * before * ms;
    lateness.saw(now, 4 * ms);
    require(pause(lateness, now) == 10, "after a punctual while the first pause is short again");
}

}  // namespace
}  // namespace tidegate::tests

int main() {
    tidegate::tests::check_punctual();
    tidegate::tests::check_late();
    tidegate::tests::check_pauses();
}
