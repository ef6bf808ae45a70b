#include "workspace.hpp"

#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace tidegate {

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t most_kept = std::size_t{64} << 20;

struct Kept {
    void* memory = nullptr;
    std::size_t bytes = 0;
    ~Kept() { release(); }
    void release() noexcept {
        std::free(memory);
        memory = nullptr;
        bytes = 0;
    }
};

thread_local Kept kept;

}  // namespace

void* workspace(std::size_t bytes) {
    if (bytes <= kept.bytes) return kept.memory;
    kept.release();
    const std::size_t alignment = bytes >= huge_page ? huge_page : 64;
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    kept.memory = std::aligned_alloc(alignment, rounded);
    if (!kept.memory) throw std::bad_alloc();
    kept.bytes = rounded;
#if defined(__linux__)
    // Panels of weights are read from end to end every step: small pages would cost a table walk for each 4 KiB.
    if (alignment == huge_page) madvise(kept.memory, rounded, MADV_HUGEPAGE);
#endif
    return kept.memory;
}

void trim_workspace() noexcept {
    if (kept.bytes > most_kept) kept.release();
}

}  // namespace tidegate
