// The team on std::thread in place of OpenMP: libgomp is not compiled for ThreadSanitizer, which sees neither its fork nor
// its join and would call every call a race. The barrier within a call is the engine's own.

#include <thread>
#include <vector>

#include "../../native/barrier.hpp"
#include "../../native/team.hpp"

namespace tidegate {

Nanoseconds run_team(std::ptrdiff_t threads, void (*work)(void*, const Team&), void* context) {
    Barrier barrier;
    std::vector<std::thread> others;
    for (std::ptrdiff_t rank = 1; rank < threads; ++rank)
        others.emplace_back([=, &barrier] { work(context, Team{rank, threads, &barrier}); });
    work(context, Team{0, threads, &barrier});
    for (std::thread& other : others) other.join();
    return 0;
}

}  // namespace tidegate
