#pragma once

// The vector type of one instruction set, on the compilers' own vector extensions.
//
// Everything under isa/ is compiled once per instruction set with TIDEGATE_ISA naming the set, and lives in a namespace of
// that name. Code here must not call inline functions of the standard library or of other namespaces: the linker keeps one
// copy of such a function, and it might be the one compiled for a processor that the user does not have.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#ifndef TIDEGATE_ISA
#error "TIDEGATE_ISA must name the instruction set"
#endif

namespace tidegate::TIDEGATE_ISA {

using Index = std::ptrdiff_t;

#if defined(__AVX512F__)
inline constexpr int vector_bytes = 64;
inline constexpr int sums_in_registers = 24;  // of 32; the rest hold weights and one broadcast
inline constexpr int most_rows = 8;           // row pointers must fit the general registers too
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
inline constexpr int sums_in_registers = 12;  // of 16
inline constexpr int most_rows = 4;
#elif defined(__aarch64__)
inline constexpr int vector_bytes = 16;
inline constexpr int sums_in_registers = 24;
inline constexpr int most_rows = 8;
#else
inline constexpr int vector_bytes = 16;
inline constexpr int sums_in_registers = 12;
inline constexpr int most_rows = 4;
#endif

template <class T>
struct Lanes;

template <>
struct Lanes<float> {
    typedef float Vec __attribute__((vector_size(vector_bytes)));
    typedef float Loose __attribute__((vector_size(vector_bytes), aligned(4), may_alias));
    typedef std::int32_t Int __attribute__((vector_size(vector_bytes)));
};

template <>
struct Lanes<double> {
    typedef double Vec __attribute__((vector_size(vector_bytes)));
    typedef double Loose __attribute__((vector_size(vector_bytes), aligned(8), may_alias));
    typedef std::int64_t Int __attribute__((vector_size(vector_bytes)));
};

template <class T>
using Vec = typename Lanes<T>::Vec;

template <class T>
inline constexpr Index width = vector_bytes / static_cast<Index>(sizeof(T));

// Whether products of T can be made in tiles of a matrix unit: see tiles.hpp.
#if defined(__AMX_BF16__)
template <class T>
inline constexpr bool has_tiles = std::is_same_v<T, float>;
#else
template <class T>
inline constexpr bool has_tiles = false;
#endif

template <class T>
[[gnu::always_inline]] inline Vec<T> load(const T* from) {
    return *reinterpret_cast<const typename Lanes<T>::Loose*>(from);
}

template <class T>
[[gnu::always_inline]] inline void store(T* to, Vec<T> value) {
    *reinterpret_cast<typename Lanes<T>::Loose*>(to) = value;
}

#if defined(__AVX512F__)
[[gnu::always_inline]] inline std::uint16_t first_lanes(Index count) {
    return static_cast<std::uint16_t>(count > 0 ? (1u << count) - 1 : 0);
}
#endif

// The first `count` lanes; the others are 0. Rows of the caller's arrays end anywhere, ours are padded.
template <class T>
[[gnu::always_inline]] inline Vec<T> load_part(const T* from, Index count) {
    if (count >= width<T>) return load(from);
#if defined(__AVX512F__)
    if constexpr (std::is_same_v<T, float>)
        return (Vec<T>)_mm512_maskz_loadu_ps(first_lanes(count), from);
    else
        return (Vec<T>)_mm512_maskz_loadu_pd(static_cast<std::uint8_t>(first_lanes(count)), from);
#endif
    Vec<T> value{};
    for (Index lane = 0; lane < count; ++lane) value[lane] = from[lane];
    return value;
}

template <class T>
[[gnu::always_inline]] inline void store_part(T* to, Vec<T> value, Index count) {
    if (count >= width<T>) return store(to, value);
#if defined(__AVX512F__)
    if constexpr (std::is_same_v<T, float>)
        return _mm512_mask_storeu_ps(to, first_lanes(count), (__m512)value);
    else
        return _mm512_mask_storeu_pd(to, static_cast<std::uint8_t>(first_lanes(count)), (__m512d)value);
#endif
    for (Index lane = 0; lane < count; ++lane) to[lane] = value[lane];
}

[[gnu::always_inline]] inline Index least(Index a, Index b) { return a < b ? a : b; }
[[gnu::always_inline]] inline Index most(Index a, Index b) { return a > b ? a : b; }
[[gnu::always_inline]] inline Index parts(Index whole, Index size) { return (whole + size - 1) / size; }

template <class T>
[[gnu::always_inline]] inline Index padded(Index units) {
    return parts(units, width<T>) * width<T>;
}

}  // namespace tidegate::TIDEGATE_ISA
