#include "plain.hpp"

#include <array>
#include <cstdlib>
#include <initializer_list>
#include <stdexcept>

#include "engine.hpp"
#include "tensors.hpp"

namespace nb = nanobind;

namespace tidegate {
namespace {

// The tensors of a plain call, in the order of their fields in Call.
enum Place { x, input_weights, recurrent_weights, input_bias, recurrent_bias, projection, peepholes, state, cell, places };

// Arguments of the autograd function before its tensors: kind and batch_first.
constexpr int options = 2;

constexpr const char* parameter_names[] = {"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0", "peephole_l0"};

PyObject* interned_name(int index) {
    static const auto names = [] {
        std::array<PyObject*, std::size(parameter_names)> made{};
        for (std::size_t i = 0; i < made.size(); ++i) made[i] = PyUnicode_InternFromString(parameter_names[i]);
        return made;
    }();
    return names[static_cast<std::size_t>(index)];
}

Index gates_of(Kind kind) { return kind <= Kind::rnn_relu ? 1 : kind == Kind::lstm ? 4 : 3; }

// What is not a tensor in a call.
struct Way {
    Kind kind;
    bool batch_first;
    Index threads;
};

// The tensors are held, not borrowed: while the engine works without the interpreter's lock, others may drop theirs.
class Inputs {
public:
    // From a layer's parameters, x and what the caller gave as state.
    Inputs(nb::dict parameters, nb::handle x_, nb::handle given) {
        tensor[x] = nb::borrow(x_);
        for (int i = 0; i < 6; ++i)
            tensor[input_weights + i] = nb::borrow(PyDict_GetItemWithError(parameters.ptr(), interned_name(i)));
        if (given.is_none()) return;
        const bool pair = PyTuple_CheckExact(given.ptr());
        odd = pair && PyTuple_GET_SIZE(given.ptr()) != 2;
        tensor[state] = nb::borrow(pair && !odd ? PyTuple_GET_ITEM(given.ptr(), 0) : given.ptr());
        if (pair && !odd) tensor[cell] = nb::borrow(PyTuple_GET_ITEM(given.ptr(), 1));
    }

    // From what `as_tuple` made, with `before` others in front.
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
        return units > 0 && outputs > 0 && fit_shapes(way);
    }

    template <class T>
    const T* data(int place) const {
        if (!given(place)) return nullptr;
        return reinterpret_cast<const T*>(static_cast<const char*>(view[place].data) + view[place].offset);
    }

    nb::tuple as_tuple() const {
        nb::object all = nb::steal(PyTuple_New(places));
        for (int i = 0; i < places; ++i) {
            nb::object one = given(i) ? tensor[i] : nb::none();
            PyTuple_SET_ITEM(all.ptr(), i, one.release().ptr());
        }
        return nb::borrow<nb::tuple>(all);
    }

    nb::object tensor[places];
    dlpack::Tensor view[places];
    Index steps = 0, batch = 0, features = 0, rows = 0, units = 0, outputs = 0;

private:
    bool fits_type() const {
        const dlpack::DataType type = view[x].type;
        if (type.code != dlpack::floating || (type.bits != 32 && type.bits != 64) || type.lanes != 1) return false;
        for (int i = 0; i < places; ++i) {
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
    return call;
}

// A new tensor, and where its values are.
template <class T>
struct Made {
    nb::object tensor;
    dlpack::Tensor view;
    T* data = nullptr;

    explicit Made(nb::object tensor_) : tensor(std::move(tensor_)) {
        if (!Tensors::view(tensor, view)) throw std::runtime_error("torch made a tensor that it does not show");
        data = static_cast<T*>(view.data);
    }
};

template <class T>
Made<T> made(const Inputs& in, int dimensions, std::initializer_list<Index> shape) {
    return Made<T>(Tensors::empty(in.view[x].type, dimensions, shape.begin()));
}

// Other threads of Python may run, unless the call takes no longer than handing over to them.
template <class T, class Run>
void work(const Call<T>& call, Run run) {
    constexpr Index worth_handing_over = 1 << 18;
    if (call.steps * call.batch * gates_of(call.kind) * call.units * (call.features + call.outputs) < worth_handing_over)
        return run(call);
    nb::gil_scoped_release released;
    run(call);
}

template <class T>
Made<T> outputs_of(const Way& way, const Inputs& in) {
    return way.batch_first ? made<T>(in, 3, {in.batch, in.steps, in.outputs}) : made<T>(in, 3, {in.steps, in.batch, in.outputs});
}

// (y, state), (y, state, cell), and with `saves` what backward needs behind them.
template <class T>
nb::tuple forward(const Way& way, const Inputs& in, bool saves) {
    Call<T> call = call_of<T>(way, in);
    const Made<T> y = outputs_of<T>(way, in), last = made<T>(in, 3, {1, in.batch, in.outputs});
    call.y = sequence(y.data, y.view.strides, way.batch_first);
    call.last_state = last.data;
    nb::object last_cell, saved;
    if (way.kind == Kind::lstm) {
        Made<T> one = made<T>(in, 3, {1, in.batch, in.units});
        call.last_cell = one.data;
        last_cell = std::move(one.tensor);
    }
    if (saves) {
        const Routines<T>& engine = routines<T>();
        const Index width = (in.units + engine.lanes - 1) / engine.lanes * engine.lanes;
        Made<T> one = made<T>(in, 3, {in.steps * in.batch, engine.slots(way.kind, call.projection != nullptr), width});
        call.saved = one.data;
        saved = std::move(one.tensor);
    }
    work(call, run_forward<T>);
    if (last_cell.is_valid())
        return saves ? nb::make_tuple(y.tensor, last.tensor, last_cell, saved) : nb::make_tuple(y.tensor, last.tensor, last_cell);
    return saves ? nb::make_tuple(y.tensor, last.tensor, saved) : nb::make_tuple(y.tensor, last.tensor);
}

nb::tuple forward(const Way& way, const Inputs& in, bool saves) {
    return in.view[x].type.bits == 32 ? forward<float>(way, in, saves) : forward<double>(way, in, saves);
}

// The environment may insist on a path, and then another place decides.
bool path_insisted_on() {
    const char* path = std::getenv("TIDEGATE_PATH");
    return path && *path;
}

nb::object plain_forward(Index kind, bool batch_first, Index threads, nb::dict parameters, nb::handle x_, nb::handle state_) {
    const Way way{static_cast<Kind>(kind), batch_first, threads};
    Inputs in(std::move(parameters), x_, state_);
    if (!in.fit(way) || path_insisted_on()) return nb::none();
    const nb::tuple found = forward(way, in, false);
    if (way.kind != Kind::lstm) return found;
    return nb::make_tuple(found[0], nb::make_tuple(found[1], found[2]));
}

nb::object plain_inputs(Index kind, bool batch_first, nb::dict parameters, nb::handle x_, nb::handle state_) {
    Inputs in(std::move(parameters), x_, state_);
    if (!in.fit({static_cast<Kind>(kind), batch_first, 1}) || path_insisted_on()) return nb::none();
    for (int i = 0; i < places; ++i)
        if (in.given(i) && Tensors::requires_grad(in.tensor[i])) return in.as_tuple();
    return nb::tuple();
}

nb::tuple plain_saving_forward(Index kind, bool batch_first, Index threads, nb::tuple inputs) {
    const Way way{static_cast<Kind>(kind), batch_first, threads};
    Inputs in(std::move(inputs));
    if (!in.fit(way)) throw std::invalid_argument("these inputs were not checked");
    return forward(way, in, true);
}

// A tensor that autograd hands over, made contiguous if its last axis is not dense or, for a state, any axis.
template <class T>
class Handed {
public:
    Handed(nb::handle tensor, bool is_state) : tensor_(nb::borrow(tensor)) {
        if (tensor.is_none()) return;
        look();
        bool dense = view_.strides[view_.dimensions - 1] == 1;
        if (is_state) dense = dense && view_.strides[view_.dimensions - 2] == view_.shape[view_.dimensions - 1];
        if (dense) return;
        tensor_ = tensor_.attr("contiguous")();
        look();
    }

    T* data() const {
        return tensor_.is_none() ? nullptr : reinterpret_cast<T*>(static_cast<char*>(view_.data) + view_.offset);
    }
    Sequence<T> sequence(bool batch_first) const {
        return tensor_.is_none() ? Sequence<T>{} : tidegate::sequence(data(), view_.strides, batch_first);
    }

private:
    void look() {
        if (!Tensors::view(tensor_, view_)) throw std::runtime_error("the engine cannot read a tensor that autograd handed over");
    }

    nb::object tensor_;
    dlpack::Tensor view_{};
};

template <class T>
nb::tuple backward(const Way& way, const Inputs& in, nb::tuple kept, nb::tuple arrived, nb::tuple wanted) {
    const Handed<T> y(kept[0], false), saved(kept[1], false), dy(arrived[0], false), dstate(arrived[1], true);
    const Handed<T> dcell(way.kind == Kind::lstm ? nb::handle(arrived[2]) : nb::handle(Py_None), true);
    Call<T> call = call_of<T>(way, in);
    call.y = y.sequence(way.batch_first);
    call.saved = saved.data();
    const Sequence<T> arriving = dy.sequence(way.batch_first);
    call.dy = {arriving.data, arriving.batch, arriving.time};
    call.dlast_state = dstate.data();
    call.dlast_cell = dcell.data();
    T** const to[places] = {&call.dx.data,        &call.dinput_weights, &call.drecurrent_weights,
                            &call.dinput_bias,    &call.drecurrent_bias, &call.dprojection,
                            &call.dpeepholes,     &call.dstate,          &call.dcell};
    nb::object gradients = nb::steal(PyTuple_New(places + options));
    for (int i = 0; i < options; ++i) PyTuple_SET_ITEM(gradients.ptr(), i, nb::none().release().ptr());
    for (int i = 0; i < places; ++i) {
        nb::object gradient = nb::none();
        if (wanted[static_cast<std::size_t>(options + i)].is(Py_True)) {
            Made<T> one(Tensors::empty_like(in.tensor[i]));
            if (i == x) call.dx = sequence(one.data, one.view.strides, way.batch_first);
            *to[i] = one.data;
            gradient = std::move(one.tensor);
        }
        PyTuple_SET_ITEM(gradients.ptr(), options + i, gradient.release().ptr());
    }
    work(call, run_backward<T>);
    return nb::borrow<nb::tuple>(gradients);
}

// kept: y, what forward saved, and behind them the inputs.
nb::tuple plain_backward(Index kind, bool batch_first, Index threads, nb::tuple kept, nb::tuple arrived, nb::tuple wanted) {
    const Way way{static_cast<Kind>(kind), batch_first, threads};
    Inputs in(kept, 2);
    if (!in.fit(way)) throw std::invalid_argument("these inputs were not checked");
    return in.view[x].type.bits == 32 ? backward<float>(way, in, kept, arrived, wanted)
                                      : backward<double>(way, in, kept, arrived, wanted);
}

}  // namespace

void bind_plain(nb::module_& module) {
    module.def("adopt_tensors", [](nb::handle torch) { return Tensors::adopt(torch); },
               "Learns from the module torch how to see its tensors; False if this torch does not show them.");
    module.def("plain_forward", &plain_forward, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(),
               "Outputs and final state; None where the call is not plain.");
    module.def("plain_inputs", &plain_inputs, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(),
               "The tensors of a plain call if one of them wants a gradient, an empty tuple if none does; None if it is not plain.");
    module.def("plain_saving_forward", &plain_saving_forward, "Outputs, final states and what backward needs.");
    module.def("plain_backward", &plain_backward, "Gradients of the inputs, two None in front.");
}

}  // namespace tidegate
