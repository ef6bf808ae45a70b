#pragma once

// Weights as a product sees them: in panels, or as the caller's array where packing would cost more than the few products.

#include "dots.hpp"
#include "panels.hpp"

namespace tidegate::TIDEGATE_ISA {

// What one run of the inner loop covers. Sums lie as [row][panel][gate][lane].
struct Block {
    Index row, rows, panel, panels;

    // Of a block of some of its rows, in all its panels.
    bool holds(const Block& part) const { return part.panel == panel && part.row >= row && part.row < row + rows; }
    Index place(const Block& part) const { return (part.row - row) * panels; }
};

// visit(row, panel, i) for everything in a block, i counting up.
template <class Visit>
[[gnu::always_inline]] inline void each(const Block& block, Visit visit) {
    Index i = 0;
    for (Index row = block.row; row < block.row + block.rows; ++row)
        for (Index panel = block.panel; panel < block.panel + block.panels; ++panel) visit(row, panel, i++);
}

// A piece of a product: `depth` values of each operand from `offset` on, times panels that are `stride` values apart, with
// `next` values from one k to the following one.
template <class T>
struct Part {
    const T* panels;
    Index stride, next, depth, offset;
};

template <class T>
struct Matrix {
    static constexpr Index most_parts = 4;
    Part<T> part[most_parts];
    Index parts;
    // Instead of parts: [gates · units][depth] as the caller has it.
    const T* untouched;
    Index units, depth;
    // Besides parts: the same for tiles, [panel][blocks of depth][gates], or null.
    const char* tiles = nullptr;
};

template <class T>
Matrix<T> in_panels(const T* panels, Index gates, Index depth) {
    return {{{panels, depth * gates * width<T>, gates * width<T>, depth, 0}}, 1, nullptr, 0, 0};
}

template <class T>
Matrix<T> as_given(const T* weights, Index units, Index depth) {
    return {{}, 0, weights, units, depth};
}

// The transpose of weights [gates · units][columns] as the caller has them: a row of them is already what a panel would
// hold for one k, if it is cut into whole vectors. Operands have their gates `spacing` apart, in the order of `gate_of`.
template <class T>
Matrix<T> transposed_as_given(const T* weights, const int* gate_of, Index slots, Index units, Index columns, Index spacing) {
    Matrix<T> matrix{{}, slots, nullptr, 0, 0};
    for (Index slot = 0; slot < slots; ++slot)
        matrix.part[slot] = {weights + gate_of[slot] * units * columns, width<T>, columns, units, slot * spacing};
    return matrix;
}

// sums of a block += operands · weights, a dot product for each unit.
template <class T, int G>
void multiply_as_given(const T* const* rows, const Block& block, const Matrix<T>& matrix, T* sums) {
    constexpr Index W = width<T>;
    each(block, [&](Index row, Index panel, Index i) {
        for (Index g = 0; g < G; ++g) {
            const T* weights = matrix.untouched + (g * matrix.units + panel * W) * matrix.depth;
            T* sum = sums + (i * G + g) * W;
            const Vec<T> product = dots(rows[row - block.row], weights, matrix.depth, least(W, matrix.units - panel * W));
            store(sum, load<T>(sum) + product);
        }
    });
}

// sums of a block += rows · matrix; rows [block.rows] pointers, at most rows_together(G) of them. `soon`: for a matrix of
// one part.
template <class T, int G>
void multiply(const T* const* rows, const Block& block, const Matrix<T>& matrix, T* sums, const Soon& soon = {}) {
    if (matrix.untouched) return multiply_as_given<T, G>(rows, block, matrix, sums);
    for (Index i = 0; i < matrix.parts; ++i) {
        const Part<T>& part = matrix.part[i];
        const T* at[most_rows];
        for (Index r = 0; r < block.rows; ++r) at[r] = rows[r] + part.offset;
        multiply_add<T, G>(at, block.rows, part.panels + block.panel * part.stride, block.panels, part.stride, part.next,
                           part.depth, sums, soon);
    }
}

// The same for any number of rows.
template <class T, int G>
void multiply_any(const T* const* rows, const Block& block, const Matrix<T>& matrix, T* sums) {
    Index together = rows_together(G);
    while (together > 1 && panels_together(static_cast<int>(together), G) < block.panels) --together;
    const Pieces pieces(0, block.rows, together);
    for (Index piece = 0; piece < pieces.pieces; ++piece) {
        const Index first = pieces.start(piece), count = pieces.start(piece + 1) - first;
        multiply<T, G>(rows + first, Block{block.row + first, count, block.panel, block.panels}, matrix,
                       sums + first * block.panels * G * width<T>);
    }
}

}  // namespace tidegate::TIDEGATE_ISA
