#pragma once

#include <atomic>
#include <cstddef>

namespace tidegate {

// Where the members of one team meet; `missing` begins as their number.
struct Barrier {
    alignas(64) std::atomic<std::ptrdiff_t> missing;
    alignas(64) std::atomic<std::ptrdiff_t> round{0};
};

}  // namespace tidegate
