#pragma once

#include <atomic>
#include <cstddef>

namespace tidegate {

// Where the members of one team meet.
struct Barrier {
    alignas(64) std::atomic<std::ptrdiff_t> arrived{0};
    alignas(64) std::atomic<std::ptrdiff_t> round{0};
};

}  // namespace tidegate
