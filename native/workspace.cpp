#include "workspace.hpp"

#include <cstdlib>
#include <cstring>
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

// With TIDEGATE_POISON in the environment each call finds NaN in its workspace: tests see what is read before it is written.
bool poisoned() noexcept {
    static const bool asked = std::getenv("TIDEGATE_POISON") != nullptr;
    return asked;
}

void grow(std::size_t bytes) {
    if (bytes <= kept.bytes) return;
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
}

}  // namespace

void* workspace(std::size_t bytes) {
    grow(bytes);
    if (poisoned()) std::memset(kept.memory, 0xff, kept.bytes);  // all ones are NaN, and an address that is nobody's
    return kept.memory;
}

void trim_workspace() noexcept {
    if (kept.bytes > most_kept) kept.release();
}

}  // namespace tidegate
