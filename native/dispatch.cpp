#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "engine.hpp"

#if defined(TIDEGATE_AMX)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace tidegate {

namespace baseline {
extern const Engine engine;
}
#if defined(TIDEGATE_X86)
namespace avx2 {
extern const Engine engine;
}
namespace avx512 {
extern const Engine engine;
}
#endif
#if defined(TIDEGATE_AMX)
namespace amx {
extern const Engine engine;
}
#endif

namespace {

#if defined(TIDEGATE_AMX)
// The processor has tiles of bfloat16, and the system lets this process use them: Linux keeps their large state only for
// processes that ask. Threads that run already may use them too.
bool tiles_granted() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    constexpr unsigned bf16_and_tile = 1u << 22 | 1u << 24;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & bf16_and_tile) != bf16_and_tile) return false;
    constexpr long request_permission = 0x1023, tile_data = 18;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}
#endif

// Engines that run here, the widest last.
struct Supported {
    const Engine* engines[4] = {&baseline::engine};
    const char* names[5] = {baseline::engine.isa};
    int count = 1;

    Supported() {
#if defined(TIDEGATE_X86)
        __builtin_cpu_init();
        const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
        if (has_avx2) add(avx2::engine);
        const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
        if (has_avx2 && has_avx512) add(avx512::engine);
#if defined(TIDEGATE_AMX)
        if (has_avx2 && has_avx512 && tiles_granted()) add(amx::engine);
#endif
#endif
    }

    void add(const Engine& engine) {
        engines[count] = &engine;
        names[count++] = engine.isa;
    }
};

const Supported& supported() {
    static const Supported found;
    return found;
}

const Engine& chosen() {
    const Supported& here = supported();
    const char* wanted = std::getenv("TIDEGATE_ISA");
    if (!wanted || !*wanted) return *here.engines[here.count - 1];
    std::string names;
    for (int i = 0; i < here.count; ++i) {
        if (std::strcmp(wanted, here.names[i]) == 0) return *here.engines[i];
        names += (i ? ", " : "") + std::string(here.names[i]);
    }
    throw std::runtime_error("TIDEGATE_ISA is '" + std::string(wanted) + "', but this processor offers: " + names);
}

}  // namespace

const char* const* instruction_sets() noexcept { return supported().names; }

const Engine& engine() {
    static const Engine& choice = chosen();
    return choice;
}

template <>
const Routines<float>& routines<float>() {
    return engine().single;
}

template <>
const Routines<double>& routines<double>() {
    return engine().twice;
}

}  // namespace tidegate
