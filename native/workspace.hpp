#pragma once

#include <cstddef>

namespace tidegate {

// A piece of memory that this thread keeps for its next call, at least `bytes` long and aligned to 64; what it holds is
// arbitrary. Throws std::bad_alloc.
void* workspace(std::size_t bytes);

// Called when a call is over: gives a large workspace back, so that one huge call does not hold memory for ever.
void trim_workspace() noexcept;

}  // namespace tidegate
