#pragma once

#include <cstdint>
#include <random>

#include "../../native/call.hpp"

namespace tidegate::tests {

// The distributions of the standard library differ from one library to another; these do not.
class Draw {
public:
    explicit Draw(std::uint64_t seed) : bits_(seed) {}

    Index between(Index least, Index most) {
        return least + static_cast<Index>(bits_() % static_cast<std::uint64_t>(most - least + 1));
    }
    bool one_in(Index count) { return between(1, count) == 1; }
    // In [−1, 1).
    double uniform() { return static_cast<double>(bits_() >> 11) * 0x1p-52 - 1; }

private:
    std::mt19937_64 bits_;
};

}  // namespace tidegate::tests
