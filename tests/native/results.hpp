#pragma once

// All that one call of the engine writes.

#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../native/engine.hpp"

namespace tidegate::tests {

// Where an array begins; null for one without values, as the engine has it.
template <class Values>
auto start(Values& values) -> decltype(values.data()) {
    return values.empty() ? nullptr : values.data();
}

// Rows of `width` values, `distance` apart; nothing stands behind the last one.
template <class T>
struct Rows {
    std::vector<T> values;
    Index width = 0, distance = 0;

    Rows() = default;
    Rows(Index count, Index width_, Index gap) : width(width_), distance(width_ + gap) {
        const Index size = count && width ? (count - 1) * distance + width : 0;
        values.assign(static_cast<std::size_t>(size), std::numeric_limits<T>::quiet_NaN());
    }
    bool in_gap(std::size_t place) const { return static_cast<Index>(place) % distance >= width; }
};

template <class T>
struct Results {
    Rows<T> y, last_state, last_cell, saved, dx, dinput_weights, drecurrent_weights, dinput_bias, drecurrent_bias, dprojection,
        dpeepholes, dstate, dcell;

    // visit(name, rows of this, the same rows of other)
    template <class Visit>
    void beside(const Results& other, Visit visit) const {
        visit("y", y, other.y), visit("last_state", last_state, other.last_state);
        visit("last_cell", last_cell, other.last_cell), visit("saved", saved, other.saved), visit("dx", dx, other.dx);
        visit("dinput_weights", dinput_weights, other.dinput_weights);
        visit("drecurrent_weights", drecurrent_weights, other.drecurrent_weights);
        visit("dinput_bias", dinput_bias, other.dinput_bias);
        visit("drecurrent_bias", drecurrent_bias, other.drecurrent_bias);
        visit("dprojection", dprojection, other.dprojection), visit("dpeepholes", dpeepholes, other.dpeepholes);
        visit("dstate", dstate, other.dstate), visit("dcell", dcell, other.dcell);
    }

    // A number everywhere in the rows, and nothing written between them.
    void check_written() const {
        beside(*this, [](const char* name, const Rows<T>& rows, const Rows<T>&) {
            for (std::size_t i = 0; i < rows.values.size(); ++i)
                if (std::isnan(rows.values[i]) != rows.in_gap(i)) fail(name, i, "was left unwritten, or written by mistake");
        });
    }

    void check_same_bits(const Results& other) const {
        beside(other, [](const char* name, const Rows<T>& ours, const Rows<T>& theirs) {
            for (std::size_t i = 0; i < ours.values.size(); ++i)
                if (std::memcmp(&ours.values[i], &theirs.values.at(i), sizeof(T))) fail(name, i, "has other bits");
        });
    }

    void check_near(const Results& other, double tolerance) const {
        beside(other, [=](const char* name, const Rows<T>& ours, const Rows<T>& theirs) {
            for (std::size_t i = 0; i < ours.values.size(); ++i)
                if (std::abs(ours.values[i] - theirs.values.at(i)) > tolerance) fail(name, i, "is another number");
        });
    }

private:
    [[noreturn]] static void fail(const char* name, std::size_t place, const char* what) {
        throw std::runtime_error(std::string(name) + "[" + std::to_string(place) + "] " + what);
    }
};

}  // namespace tidegate::tests
