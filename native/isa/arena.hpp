#pragma once

#include "vector.hpp"

namespace tidegate::TIDEGATE_ISA {

// Hands out pieces of one workspace. Laid out once from a null base, it tells how much memory is needed.
class Arena {
public:
    explicit Arena(void* base) : base_(static_cast<char*>(base)) {}

    template <class U>
    U* take(Index count) {
        U* piece = reinterpret_cast<U*>(base_ + used_);
        used_ += parts(count * static_cast<Index>(sizeof(U)), 64) * 64;
        return piece;
    }

    Index used() const { return used_; }

private:
    char* base_;
    Index used_ = 0;
};

}  // namespace tidegate::TIDEGATE_ISA
