#include "team.hpp"

#include <atomic>
#include <thread>

#if defined(_OPENMP)
#include <omp.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace tidegate {

struct Barrier {
    alignas(64) std::atomic<std::ptrdiff_t> missing;
    alignas(64) std::atomic<std::ptrdiff_t> round{0};
};

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

#if defined(_OPENMP)
// OpenMP's pool does not survive fork(): a child that asked for it would wait for threads that are not there.
std::atomic<bool> pool_lost{false};
std::atomic<bool> pool_used{false};

void after_fork() noexcept {
    if (pool_used.load()) pool_lost.store(true);
}

#if defined(__unix__) || defined(__APPLE__)
[[maybe_unused]] const int watching = pthread_atfork(nullptr, nullptr, after_fork);
#endif
#endif

}  // namespace

void wait(const Team& team) noexcept {
    if (team.size == 1) return;
    Barrier& barrier = *team.barrier;
    const std::ptrdiff_t round = barrier.round.load(std::memory_order_relaxed);
    if (barrier.missing.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        barrier.missing.store(team.size, std::memory_order_relaxed);
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

bool has_threads() noexcept {
#if defined(_OPENMP)
    return true;
#else
    return false;
#endif
}

void run_team(std::ptrdiff_t threads, void (*work)(void*, const Team&), void* context) {
#if defined(_OPENMP)
    if (threads > 1 && !pool_lost.load()) {
        pool_used.store(true);
        Barrier barrier{};
#pragma omp parallel num_threads(static_cast<int>(threads))
        {
#pragma omp single
            barrier.missing.store(omp_get_num_threads());
            work(context, Team{omp_get_thread_num(), omp_get_num_threads(), &barrier});
        }
        return;
    }
#endif
    (void)threads;
    work(context, Team{0, 1, nullptr});
}

}  // namespace tidegate
