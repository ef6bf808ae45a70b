#pragma once

// Random calls of the engine. Every array is a piece of memory of its own and not a value longer than it must be, so that
// AddressSanitizer sees the first one beyond; outputs begin as NaN, and so does what lies between their rows.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "../../native/lateness.hpp"
#include "draw.hpp"
#include "results.hpp"

namespace tidegate::tests {

struct Shape {
    Kind kind;
    Index steps, batch, features, units, outputs, gap;
    bool projected, reverse, batch_first, ragged, packed;

    explicit Shape(Draw& draw)
        : kind(static_cast<Kind>(draw.between(0, 4))), steps(draw.between(0, 9)), batch(draw.between(0, 19)),
          features(draw.between(0, 40)), units(draw.between(1, draw.one_in(8) ? 300 : 70)), outputs(units),
          gap(draw.between(0, 3)), projected(kind == Kind::lstm && draw.one_in(2)), reverse(draw.one_in(2)),
          batch_first(draw.one_in(2)), ragged(draw.one_in(2)), packed(draw.one_in(3)) {
        if (projected) outputs = draw.between(1, units);
    }
    Index gates() const { return kind == Kind::lstm ? 4 : kind >= Kind::gru_after ? 3 : 1; }
};

template <class T>
class Case {
public:
    explicit Case(std::uint64_t seed) : draw_(seed), shape_(draw_) {
        const auto [kind, T_, B, F, H, P, gap, projected, reverse, batch_first, ragged, packed] = shape_;
        const Index rows = shape_.gates() * H;
        draw_lengths();
        const double scale = 1 / std::sqrt(static_cast<double>(std::max(F, H)));
        x_ = sequence(F, 1.0);
        input_weights_ = array(rows * F, scale);
        recurrent_weights_ = array(rows * P, scale);
        input_bias_ = perhaps(rows);
        recurrent_bias_ = perhaps(rows);
        if (projected) projection_ = array(P * H, scale);
        if (kind == Kind::lstm) peepholes_ = perhaps(3 * H);
        state_ = perhaps(B * P);
        if (kind == Kind::lstm) cell_ = perhaps(B * H);
        dropout_ = perhaps(B * P);
        if (draw_.one_in(3)) keep_ = sequence(P, 0.5);
        if (kind == Kind::lstm && draw_.one_in(3)) keep_cell_ = sequence(H, 0.5);
        dy_ = sequence(P, 1.0);
        dlast_state_ = perhaps(B * P);
        if (kind == Kind::lstm) dlast_cell_ = perhaps(B * H);
    }

    // Forward and backward, everything wanted.
    Results<T> run(Index threads) const {
        Results<T> results;
        Call<T> call = outputs(inputs(threads), results);
        forward(call);
        backward(gradients(call, results));
        return results;
    }

    // For prediction: weights packed beforehand, nothing saved.
    Results<T> predict(Index threads) const {
        Results<T> results;
        Call<T> call = outputs(inputs(threads), results);
        call.saved = nullptr;
        results.saved = {};
        call.preparation = Preparation::prepares;
        std::vector<Line> memory(static_cast<std::size_t>(routines<T>().prepared_bytes(call) / 64));
        call.prepared = memory.data();
        forward(call);
        call.preparation = Preparation::prepared;
        forward(call);
        return results;
    }

private:
    // Teams are what is tested, so they are waited for.
    static void forward(const Call<T>& call) {
        lateness() = {};
        run_forward(call);
    }
    static void backward(const Call<T>& call) {
        lateness() = {};
        run_backward(call);
    }

    struct alignas(64) Line {
        std::byte bytes[64];
    };

    Index places() const { return shape_.packed ? true_steps_ : shape_.steps * shape_.batch; }

    void draw_lengths() {
        lengths_.assign(static_cast<std::size_t>(shape_.batch), shape_.steps);
        if (shape_.ragged)
            for (Index& length : lengths_) length = draw_.between(0, shape_.steps);
        if (shape_.packed) {
            std::sort(lengths_.rbegin(), lengths_.rend());
            // Packed rows without a single one have no address.
            if (shape_.batch && shape_.steps) lengths_[0] = std::max<Index>(lengths_[0], 1);
        }
        true_steps_ = std::accumulate(lengths_.begin(), lengths_.end(), Index{0});
        for (Index step = 0; step < shape_.steps; ++step)
            sizes_.push_back(std::count_if(lengths_.begin(), lengths_.end(), [=](Index l) { return l > step; }));
    }

    std::vector<T> array(Index count, double scale) {
        std::vector<T> values(static_cast<std::size_t>(count));
        for (T& value : values) value = static_cast<T>(scale * draw_.uniform());
        return values;
    }
    std::vector<T> perhaps(Index count) { return draw_.one_in(3) ? std::vector<T>{} : array(count, 1.0); }
    // Values in [−scale, scale], except shares, which are in [0, 0.5]: all of them are positive below one half.
    Rows<T> sequence(Index width, double scale) {
        Rows<T> rows(places(), width, shape_.gap);
        rows.values = array(static_cast<Index>(rows.values.size()), scale);
        if (scale < 1)
            for (T& value : rows.values) value = std::abs(value);
        return rows;
    }

    template <class U>
    Sequence<U> strided(U* data, Index distance) const {
        if (shape_.packed) return {data, distance, distance};
        return shape_.batch_first ? Sequence<U>{data, shape_.steps * distance, distance}
                                  : Sequence<U>{data, distance, shape_.batch * distance};
    }
    Sequence<const T> given(const Rows<T>& rows) const { return strided<const T>(start(rows.values), rows.distance); }
    Sequence<T> wanted(Rows<T>& rows, Index width) const {
        rows = Rows<T>(places(), width, shape_.gap);
        return strided<T>(start(rows.values), rows.distance);
    }
    static T* fresh(Rows<T>& rows, Index count, bool exists = true) {
        rows = Rows<T>(exists ? 1 : 0, count, 0);
        return start(rows.values);
    }

    Call<T> inputs(Index threads) const {
        Call<T> call{};
        call.kind = shape_.kind;
        call.steps = shape_.steps, call.batch = shape_.batch, call.features = shape_.features;
        call.units = shape_.units, call.outputs = shape_.outputs;
        call.reverse = shape_.reverse, call.threads = threads;
        if (shape_.packed)
            call.sizes = start(sizes_);
        else if (shape_.ragged)
            call.lengths = start(lengths_);
        call.x = given(x_);
        call.input_weights = start(input_weights_), call.recurrent_weights = start(recurrent_weights_);
        call.input_bias = start(input_bias_), call.recurrent_bias = start(recurrent_bias_);
        call.projection = start(projection_), call.peepholes = start(peepholes_);
        call.state = start(state_), call.cell = start(cell_), call.dropout = start(dropout_);
        call.keep = given(keep_), call.keep_cell = given(keep_cell_);
        return call;
    }

    Call<T> outputs(Call<T> call, Results<T>& results) const {
        const Index lanes = routines<T>().lanes, padded = (call.units + lanes - 1) / lanes * lanes;
        call.y = wanted(results.y, call.outputs);
        call.last_state = fresh(results.last_state, call.batch * call.outputs);
        call.last_cell = fresh(results.last_cell, call.batch * call.units, call.kind == Kind::lstm);
        results.saved = Rows<T>(true_steps_, routines<T>().slots(call.kind, shape_.projected) * padded, 0);
        static T nothing;  // backward insists on `saved`, also where no row has a step
        call.saved = true_steps_ ? start(results.saved.values) : &nothing;
        return call;
    }

    Call<T> gradients(Call<T> call, Results<T>& results) const {
        const Index rows = shape_.gates() * call.units, B = call.batch;
        call.dy = given(dy_);
        call.dlast_state = start(dlast_state_), call.dlast_cell = start(dlast_cell_);
        call.dx = wanted(results.dx, call.features);
        call.dinput_weights = fresh(results.dinput_weights, rows * call.features);
        call.drecurrent_weights = fresh(results.drecurrent_weights, rows * call.outputs);
        call.dinput_bias = fresh(results.dinput_bias, rows, call.input_bias);
        call.drecurrent_bias = fresh(results.drecurrent_bias, rows, call.recurrent_bias);
        call.dprojection = fresh(results.dprojection, call.outputs * call.units, call.projection);
        call.dpeepholes = fresh(results.dpeepholes, 3 * call.units, call.peepholes);
        call.dstate = fresh(results.dstate, B * call.outputs);
        call.dcell = fresh(results.dcell, B * call.units, call.kind == Kind::lstm);
        return call;
    }

    Draw draw_;
    Shape shape_;
    std::vector<Index> lengths_, sizes_;
    Index true_steps_ = 0;
    Rows<T> x_, keep_, keep_cell_, dy_;
    std::vector<T> input_weights_, recurrent_weights_, input_bias_, recurrent_bias_, projection_, peepholes_, state_, cell_,
        dropout_, dlast_state_, dlast_cell_;
};

}  // namespace tidegate::tests
