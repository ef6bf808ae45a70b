#pragma once

// A plain call: one layer over a padded batch, its tensors read where torch keeps them.

#include <nanobind/nanobind.h>

#include <array>
#include <initializer_list>
#include <iterator>

#include "engine.hpp"
#include "tensors.hpp"

namespace tidegate::plain {

namespace nb = nanobind;

// The tensors of a plain call: those that may want a gradient, in the order of their fields in Call, and lengths.
enum Place {
    x, input_weights, recurrent_weights, input_bias, recurrent_bias, projection, peepholes, state, cell, lengths, places
};
inline constexpr int differentiable = lengths;

inline constexpr const char* parameter_names[] = {"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0", "peephole_l0"};

inline PyObject* interned_name(int index) {
    static const auto names = [] {
        std::array<PyObject*, std::size(parameter_names)> made{};
        for (std::size_t i = 0; i < made.size(); ++i) made[i] = PyUnicode_InternFromString(parameter_names[i]);
        return made;
    }();
    return names[static_cast<std::size_t>(index)];
}

inline Index gates_of(Kind kind) { return kind <= Kind::rnn_relu ? 1 : kind == Kind::lstm ? 4 : 3; }

// What is not a tensor in a call.
struct Way {
    Kind kind;
    bool batch_first;
    Index threads;
};

// The tensors are held, not borrowed: while the engine works without the interpreter's lock, others may drop theirs.
class Inputs {
public:
    // From a layer's parameters, x and what the caller gave as state and lengths.
    Inputs(nb::dict parameters, nb::handle x_, nb::handle given, nb::handle lengths_) {
        tensor[x] = nb::borrow(x_);
        tensor[lengths] = nb::borrow(lengths_);
        for (int i = 0; i < 6; ++i)
            tensor[input_weights + i] = nb::borrow(PyDict_GetItemWithError(parameters.ptr(), interned_name(i)));
        if (given.is_none()) return;
        const bool pair = PyTuple_CheckExact(given.ptr());
        odd = pair && PyTuple_GET_SIZE(given.ptr()) != 2;
        tensor[state] = nb::borrow(pair && !odd ? PyTuple_GET_ITEM(given.ptr(), 0) : given.ptr());
        if (pair && !odd) tensor[cell] = nb::borrow(PyTuple_GET_ITEM(given.ptr(), 1));
    }

    // From what `kept_for_backward` made, with `before` others in front.
    explicit Inputs(nb::tuple all, std::size_t before = 0) {
        for (std::size_t i = 0; i < places; ++i) tensor[i] = nb::borrow(all[before + i]);
    }

    bool given(int place) const { return tensor[place].is_valid() && !tensor[place].is_none(); }

    // Views all tensors; false where the engine cannot take them just as they are, whatever the reason.
    bool fit(const Way& way) {
        for (int i = 0; i < places; ++i)
            if (given(i) && !Tensors::view(tensor[i], view[i])) return false;
        if (odd || !given(x) || !given(input_weights) || !given(recurrent_weights)) return false;
        if (view[x].dimensions != 3 || view[recurrent_weights].dimensions != 2 || !fits_type()) return false;
        const std::int64_t* size = view[x].shape;
        steps = size[way.batch_first ? 1 : 0];
        batch = size[way.batch_first ? 0 : 1];
        features = size[2];
        rows = view[recurrent_weights].shape[0];
        outputs = view[recurrent_weights].shape[1];
        units = rows / gates_of(way.kind);
        return units > 0 && outputs > 0 && fit_shapes(way) && fit_lengths();
    }

    template <class T>
    const T* data(int place) const {
        if (!given(place)) return nullptr;
        return reinterpret_cast<const T*>(static_cast<const char*>(view[place].data) + view[place].offset);
    }

    // Lengths are copied: autograd minds whether they change until backward, and their owner need not.
    nb::tuple kept_for_backward() {
        if (given(lengths)) tensor[lengths] = tensor[lengths].attr("clone")();
        nb::object all = nb::steal(PyTuple_New(places));
        for (int i = 0; i < places; ++i) {
            nb::object one = given(i) ? tensor[i] : nb::none();
            PyTuple_SET_ITEM(all.ptr(), i, one.release().ptr());
        }
        return nb::borrow<nb::tuple>(all);
    }

    nb::object tensor[places];
    dlpack::Tensor view[places];
    Index steps = 0, batch = 0, features = 0, rows = 0, units = 0, outputs = 0, true_steps = 0;

private:
    bool fits_type() const {
        const dlpack::DataType type = view[x].type;
        if (type.code != dlpack::floating || (type.bits != 32 && type.bits != 64) || type.lanes != 1) return false;
        for (int i = 0; i < differentiable; ++i) {
            if (!given(i)) continue;
            const dlpack::Tensor& one = view[i];
            if (one.device.type != dlpack::cpu || one.type.code != type.code || one.type.bits != type.bits) return false;
        }
        return true;
    }

    bool fit_shapes(const Way& way) const {
        const bool lstm = way.kind == Kind::lstm;
        return view[x].strides[2] == 1 && dense(input_weights, {rows, features}) && dense(recurrent_weights, {rows, outputs}) &&
               dense(input_bias, {rows}) && dense(recurrent_bias, {rows}) && dense(projection, {outputs, units}) &&
               dense(peepholes, {3 * units}) && dense(state, {1, batch, outputs}) && dense(cell, {1, batch, units}) &&
               given(state) >= given(cell) && (given(cell) == (lstm && given(state))) &&
               (given(projection) ? lstm : outputs == units) && (lstm || !given(peepholes));
    }

    // Counts the true steps. A batch without one is not plain: forward saves nothing of it for backward.
    bool fit_lengths() {
        true_steps = steps * batch;
        if (!given(lengths)) return true;
        const dlpack::DataType type = view[lengths].type;
        if (view[lengths].device.type != dlpack::cpu || type.code != dlpack::integer || type.bits != 64 || type.lanes != 1 ||
            !dense(lengths, {batch}))
            return false;
        const Index* length = data<Index>(lengths);
        true_steps = 0;
        for (Index b = 0; b < batch; ++b) {
            if (length[b] < 0 || length[b] > steps) return false;
            true_steps += length[b];
        }
        return true_steps > 0;
    }

    bool dense(int place, std::initializer_list<Index> shape) const {
        if (!given(place)) return true;
        const dlpack::Tensor& one = view[place];
        if (one.dimensions != static_cast<std::int32_t>(shape.size())) return false;
        Index stride = 1;
        for (std::int32_t i = one.dimensions - 1; i >= 0; --i) {
            const Index size = shape.begin()[i];
            if (one.shape[i] != size || (size != 1 && one.strides[i] != stride)) return false;
            stride *= size;
        }
        return true;
    }

    bool odd = false;
};

template <class T>
Sequence<T> sequence(T* data, const std::int64_t* strides, bool batch_first) {
    return {data, strides[batch_first ? 0 : 1], strides[batch_first ? 1 : 0]};
}

template <class T>
Call<T> call_of(const Way& way, const Inputs& in) {
    Call<T> call{};
    call.kind = way.kind;
    call.steps = in.steps;
    call.batch = in.batch;
    call.features = in.features;
    call.units = in.units;
    call.outputs = in.outputs;
    call.threads = way.threads;
    call.x = sequence(in.data<T>(x), in.view[x].strides, way.batch_first);
    call.input_weights = in.data<T>(input_weights);
    call.recurrent_weights = in.data<T>(recurrent_weights);
    call.input_bias = in.data<T>(input_bias);
    call.recurrent_bias = in.data<T>(recurrent_bias);
    call.projection = in.data<T>(projection);
    call.peepholes = in.data<T>(peepholes);
    call.state = in.data<T>(state);
    call.cell = in.data<T>(cell);
    call.lengths = in.data<Index>(lengths);
    return call;
}

}  // namespace tidegate::plain
