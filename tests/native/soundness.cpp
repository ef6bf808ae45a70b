// The engine without Python, for the sanitizers: random calls on teams of one to three and in several threads at once must
// write everything that they should, nothing that they should not, and the same bits every time.
//
//     soundness [CASES]     exit code 77: the processor has not the instruction set that TIDEGATE_ISA names

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

#include "case.hpp"

namespace tidegate::tests {
namespace {

constexpr Index most_threads = 3, callers = 4;

template <class T>
void check_alone(std::uint64_t seed) {
    const Case<T> one(seed);
    const Results<T> results = one.run(1), predicted = one.predict(1);
    results.check_written();
    for (Index threads = 2; threads <= most_threads; ++threads) {
        one.run(threads).check_same_bits(results);
        one.predict(threads).check_same_bits(predicted);
    }
}

template <class T>
void check(std::uint64_t seed) {
    try {
        check_alone<T>(seed);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "case %llu, %zu bytes a value: %s\n", static_cast<unsigned long long>(seed), sizeof(T), error.what());
        std::exit(1);
    }
}

void check_every(std::uint64_t first, std::uint64_t cases, std::uint64_t stride) {
    for (std::uint64_t seed = first; seed < cases; seed += stride) {
        check<float>(seed);
        check<double>(seed);
    }
}

void check_at_once(std::uint64_t cases) {
    std::vector<std::thread> threads;
    for (std::uint64_t first = 0; first < callers; ++first)
        threads.emplace_back([=] { check_every(first, cases, callers); });
    for (std::thread& one : threads) one.join();
}

bool supported() {
    try {
        return engine().isa != nullptr;
    } catch (const std::runtime_error&) {
        return false;
    }
}

}  // namespace
}  // namespace tidegate::tests

int main(int count, char** arguments) {
    using namespace tidegate::tests;
    if (!supported()) return 77;
    const std::uint64_t cases = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 100;
    check_every(0, cases, 1);
    check_at_once(cases);
    std::printf("%s: %llu cases\n", tidegate::engine().isa, static_cast<unsigned long long>(cases));
}
