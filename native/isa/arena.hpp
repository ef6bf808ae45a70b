#pragma once

#include "vector.hpp"

namespace tidegate::TIDEGATE_ISA {

// Hands out pieces of one workspace. Laid out once from a null base, it tells how much memory is needed.
class Arena {
public:
    explicit Arena(void* base) : base_(reinterpret_cast<std::uintptr_t>(base)) {}

    template <class U>
    U* take(Index count) {
        U* piece = reinterpret_cast<U*>(base_ + used_);
        used_ += parts(count * static_cast<Index>(sizeof(U)), 64) * 64;
        return piece;
    }

    Index used() const { return used_; }

private:
    std::uintptr_t base_;  // a number: to count on from a null pointer is undefined
    Index used_ = 0;
};

}  // namespace tidegate::TIDEGATE_ISA
