#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "engine.hpp"

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

namespace {

// Engines that run here, the widest last.
struct Supported {
    const Engine* engines[4] = {&baseline::engine};
    const char* names[4] = {baseline::engine.isa};
    int count = 1;

    Supported() {
#if defined(TIDEGATE_X86)
        __builtin_cpu_init();
        const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
        if (has_avx2) add(avx2::engine);
        const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
        if (has_avx2 && has_avx512) add(avx512::engine);
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
