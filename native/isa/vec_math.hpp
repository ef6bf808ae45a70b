#pragma once

// exp-based gates on vectors: within 2 ulp for |x| < 10, never outside [0, 1] or [−1, 1], NaN stays NaN, ±inf go to the limits.

#include "vector.hpp"

#if defined(__FMA__) || defined(__aarch64__)
#define TIDEGATE_FUSED
#endif

namespace tidegate::TIDEGATE_ISA {

// ln 2 in two parts, so that k·ln2 is taken away without rounding, and (exp(f) − 1 − f) / f² on |f| ≤ ln2 / 2 as a
// Chebyshev interpolant (largest relative error of exp(f) − 1: 5e-10 and 6e-19).
template <class T>
struct Exponential;

template <>
struct Exponential<float> {
    static constexpr float shifter = 0x1.8p23f;  // adding it leaves the nearest integer in the low bits
    static constexpr int fraction_bits = 23;
    static constexpr std::int32_t one = 0x3f800000;
    static constexpr float log2e = 1.44269504f, ln2_high = 0x1.62e4p-1f, ln2_low = 1.42860682e-6f;
    static constexpr float limit = 87.0f;
    static constexpr int terms = 6;
    static constexpr float series[terms] = {0.500000001354f,  0.166666666817f,   0.0416664641974f,
                                            0.00833331084465f, 0.00139337307158f, 0.00019891080464f};
};

template <>
struct Exponential<double> {
    static constexpr double shifter = 0x1.8p52;
    static constexpr int fraction_bits = 52;
    static constexpr std::int64_t one = 0x3ff0000000000000;
    static constexpr double log2e = 1.442695040888963407, ln2_high = 0x1.62e42fefa3p-1, ln2_low = 2.8235290563031577e-13;
    static constexpr double limit = 708.0;
    static constexpr int terms = 11;
    static constexpr double series[terms] = {
        0.5,
        0.1666666666666667103,
        0.041666666666666669783,
        0.0083333333333260831202,
        0.0013888888888883711167,
        0.00019841269875002278793,
        0.0000248015873256774619,
        2.7557255170000887438e-6,
        2.7557273478718580474e-7,
        2.5105312729622101787e-8,
        2.09147553258932022e-9,
    };
};

template <class T>
[[gnu::always_inline]] inline Vec<T> clamped(Vec<T> x, T low, T high) {
    const Vec<T> lowest = low - Vec<T>{}, highest = high - Vec<T>{};
    x = x < lowest ? lowest : x;  // a comparison with NaN is false, so NaN passes
    return x > highest ? highest : x;
}

// 1 / x for x in [1, 2^127].
template <class T>
[[gnu::always_inline]] inline Vec<T> reciprocal(Vec<T> x) {
#if defined(__AVX512F__)
    // Newton's step after the 14-bit estimate: division has a quarter of this throughput.
    if constexpr (std::is_same_v<T, float>) {
        const Vec<T> estimate = (Vec<T>)_mm512_rcp14_ps((__m512)x);
        return estimate + estimate * (T(1) - x * estimate);
    }
#endif
    return T(1) / x;
}

// exp(x) = scale · (1 + rest): |x| ≤ limit.
template <class T>
struct Split {
    Vec<T> scale, rest;
};

template <class T>
[[gnu::always_inline]] inline Split<T> exponential(Vec<T> x) {
    using E = Exponential<T>;
    using Int = typename Lanes<T>::Int;
    const Vec<T> shifted = x * E::log2e + E::shifter;
    const Vec<T> turns = shifted - E::shifter;
    const Vec<T> near = x - turns * E::ln2_high, f = near - turns * E::ln2_low;
    Vec<T> series = E::series[E::terms - 1] - Vec<T>{};
#pragma GCC unroll 16
    for (int term = E::terms - 2; term >= 0; --term) series = series * f + E::series[term];
    const Int bits = ((Int)shifted << E::fraction_bits) + E::one;
#if defined(TIDEGATE_FUSED)
    return {(Vec<T>)bits, (f * f) * series + f};
#else
    // Every product is rounded here; what f lost makes up for it.
    const Vec<T> lost = (near - f) - turns * E::ln2_low;
    return {(Vec<T>)bits, ((f * f) * series + lost) + f};
#endif
}

// small / large, both of moderate size, where large is really large + lost.
template <class T>
[[gnu::always_inline]] inline Vec<T> quotient(Vec<T> small, Vec<T> large, Vec<T> lost) {
#if defined(TIDEGATE_FUSED)
    const Vec<T> inverse = reciprocal<T>(large), guess = small * inverse;
    return guess + inverse * ((small - guess * large) - guess * lost);
#else
    const Vec<T> guess = small / large;
    return guess - guess * lost / large;
#endif
}

template <class T>
[[gnu::always_inline]] inline Vec<T> sigmoid(Vec<T> x) {
    const T limit = Exponential<T>::limit;
    const Split<T> e = exponential<T>(clamped<T>(-x, -limit, limit));
    const Vec<T> power = e.scale + e.scale * e.rest, whole = T(1) + power, lost = power - (whole - T(1));
    Vec<T> share = reciprocal<T>(whole);
    share = share - share * share * lost;
    const Vec<T> one = T(1) - Vec<T>{}, lowest = -limit - Vec<T>{};
    share = share > one ? one : share;
    return x < lowest ? Vec<T>{} : share;
}

template <class T>
[[gnu::always_inline]] inline Vec<T> tanh(Vec<T> x) {
    using Int = typename Lanes<T>::Int;
    const Int sign = (Int)x & (Int)(T(-0.0) - Vec<T>{});
    const Vec<T> size = (Vec<T>)((Int)x ^ sign);
    // tanh is 1 to the last bit beyond 20; exp − 1 keeps its relative accuracy near 0, where exp would not.
    const Split<T> e = exponential<T>(clamped<T>(size + size, T(0), T(40)));
    const Vec<T> less_one = e.scale * e.rest + (e.scale - T(1)), whole = less_one + T(2);
    Vec<T> share = quotient<T>(less_one, whole, less_one - (whole - T(2)));
    const Vec<T> one = T(1) - Vec<T>{};
    share = share > one ? one : share;
    return (Vec<T>)((Int)share | sign);
}

}  // namespace tidegate::TIDEGATE_ISA
