#include "barrier.hpp"

#include <thread>

#include "team.hpp"

namespace tidegate {

namespace {

// About 20 µs: longer than a step usually takes, shorter than a scheduler's slice.
constexpr int patience = 1000;

inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

}  // namespace

void wait(const Team& team) noexcept {
    if (team.size == 1) return;
    Barrier& barrier = *team.barrier;
    const std::ptrdiff_t round = barrier.round.load(std::memory_order_relaxed);
    if (barrier.arrived.fetch_add(1, std::memory_order_acq_rel) == team.size - 1) {
        barrier.arrived.store(0, std::memory_order_relaxed);
        barrier.round.store(round + 1, std::memory_order_release);
        return;
    }
    for (int tries = 0; barrier.round.load(std::memory_order_acquire) == round; ++tries) {
        if (tries < patience)
            relax();
        else
            std::this_thread::yield();
    }
}

}  // namespace tidegate
