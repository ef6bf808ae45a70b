#pragma once

// Dot products with rows of weights as the caller has them, where packing them would cost more than the few products.

#include <utility>

#include "vector.hpp"

namespace tidegate::TIDEGATE_ISA {

// a's and b's neighbours added: [a0 + a1, a2 + a3, …, b0 + b1, …].
template <class T, std::size_t... I>
[[gnu::always_inline]] inline Vec<T> neighbours(Vec<T> a, Vec<T> b, std::index_sequence<I...>) {
    return __builtin_shufflevector(a, b, (2 * I)...) + __builtin_shufflevector(a, b, (2 * I + 1)...);
}

// Lane l is the sum of vector l of `vectors` [N], which are used up; N halves until one is left.
template <class T, int N>
[[gnu::always_inline]] inline Vec<T> each_total(Vec<T> (&vectors)[N]) {
    if constexpr (N == 1) {
        return vectors[0];
    } else {
        Vec<T> halves[N / 2];
#pragma GCC unroll 8
        for (int i = 0; i < N / 2; ++i)
            halves[i] = neighbours<T>(vectors[2 * i], vectors[2 * i + 1], std::make_index_sequence<width<T>>{});
        return each_total<T>(halves);
    }
}

// sums [R] ← lane by lane, a · each of R rows of weights. So many chains hide the latency of a multiply-add, and a vector
// of `a` is read once for all of them.
template <class T, int R>
[[gnu::always_inline]] inline void products(const T* a, const T* weights, Index depth, Vec<T>* sums) {
    constexpr Index W = width<T>;
    Vec<T> sum[R] = {};
    Index k = 0;
    for (; k + W <= depth; k += W) {
        const Vec<T> value = load(a + k);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) sum[r] += load(weights + r * depth + k) * value;
    }
    if (k < depth) {
        const Vec<T> value = load_part(a + k, depth - k);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) sum[r] += load_part(weights + r * depth + k, depth - k) * value;
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) sums[r] = sum[r];
}

// Lane l is a · row l of weights [count][depth]; lanes from `count` on are 0.
template <class T>
Vec<T> dots(const T* a, const T* weights, Index depth, Index count) {
    constexpr int W = width<T>, R = W < 8 ? W : 8;
    Vec<T> sums[W];
    if (count >= W) {
#pragma GCC unroll 4
        for (int row = 0; row < W; row += R) products<T, R>(a, weights + row * depth, depth, sums + row);
    } else {
#pragma GCC unroll 1
        for (int row = 0; row < W; ++row) {
            sums[row] = Vec<T>{};
            if (row < count) products<T, 1>(a, weights + row * depth, depth, sums + row);
        }
    }
    return each_total<T>(sums);
}

}  // namespace tidegate::TIDEGATE_ISA
