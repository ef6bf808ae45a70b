#include "team.hpp"

#include <atomic>

#include "barrier.hpp"

#if defined(_OPENMP)
#include <omp.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace tidegate {

#if defined(_OPENMP)
namespace {

// OpenMP's pool does not survive fork(): a child that asked for it would wait for threads that are not there.
std::atomic<bool> pool_lost{false};
std::atomic<bool> pool_used{false};

void after_fork() noexcept {
    if (pool_used.load()) pool_lost.store(true);
}

#if defined(__unix__) || defined(__APPLE__)
[[maybe_unused]] const int watching = pthread_atfork(nullptr, nullptr, after_fork);
#endif

}  // namespace
#endif

bool has_threads() noexcept {
#if defined(_OPENMP)
    return true;
#else
    return false;
#endif
}

Nanoseconds run_team(std::ptrdiff_t threads, void (*work)(void*, const Team&), void* context) {
#if defined(_OPENMP)
    if (threads > 1 && !pool_lost.load()) {
        pool_used.store(true);
        Barrier barrier;
        const Nanoseconds called = clock_now();
        Nanoseconds last = called;
#pragma omp parallel num_threads(static_cast<int>(threads)) reduction(max : last)
        {
            last = clock_now();
            work(context, Team{omp_get_thread_num(), omp_get_num_threads(), &barrier});
        }
        return last - called;
    }
#endif
    (void)threads;
    work(context, Team{0, 1, nullptr});
    return 0;
}

}  // namespace tidegate
