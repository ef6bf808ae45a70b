#include "plain.hpp"

#include <cstdlib>
#include <initializer_list>
#include <stdexcept>

#include "plain_call.hpp"

namespace tidegate {
namespace {

using namespace plain;

// Arguments of the autograd function before its tensors: kind and batch_first.
constexpr int options = 2;

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
        Made<T> one = made<T>(in, 3, {in.true_steps, engine.slots(way.kind, call.projection != nullptr), width});
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

nb::object plain_forward(Index kind, bool batch_first, Index threads, nb::dict parameters, nb::handle x_, nb::handle state_,
                         nb::handle lengths_) {
    const Way way{static_cast<Kind>(kind), batch_first, threads};
    Inputs in(std::move(parameters), x_, state_, lengths_);
    if (!in.fit(way) || path_insisted_on()) return nb::none();
    const nb::tuple found = forward(way, in, false);
    if (way.kind != Kind::lstm) return found;
    return nb::make_tuple(found[0], nb::make_tuple(found[1], found[2]));
}

nb::object plain_inputs(Index kind, bool batch_first, nb::dict parameters, nb::handle x_, nb::handle state_, nb::handle lengths_) {
    Inputs in(std::move(parameters), x_, state_, lengths_);
    if (!in.fit({static_cast<Kind>(kind), batch_first, 1}) || path_insisted_on()) return nb::none();
    for (int i = 0; i < differentiable; ++i)
        if (in.given(i) && Tensors::requires_grad(in.tensor[i])) return in.kept_for_backward();
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
    Index rows() const { return view_.shape[0]; }
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
    if (saved.rows() != in.true_steps) throw std::invalid_argument("what was saved is of another call");
    const Sequence<T> arriving = dy.sequence(way.batch_first);
    call.dy = {arriving.data, arriving.batch, arriving.time};
    call.dlast_state = dstate.data();
    call.dlast_cell = dcell.data();
    T** const to[differentiable] = {&call.dx.data,     &call.dinput_weights,  &call.drecurrent_weights,
                                    &call.dinput_bias, &call.drecurrent_bias, &call.dprojection,
                                    &call.dpeepholes,  &call.dstate,          &call.dcell};
    nb::object gradients = nb::steal(PyTuple_New(places + options));
    for (int i = 0; i < options; ++i) PyTuple_SET_ITEM(gradients.ptr(), i, nb::none().release().ptr());
    for (int i = 0; i < places; ++i) {
        nb::object gradient = nb::none();
        if (i < differentiable && wanted[static_cast<std::size_t>(options + i)].is(Py_True)) {
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
               nb::arg().none(), "Outputs and final state; None where the call is not plain.");
    module.def("plain_inputs", &plain_inputs, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(),
               "The tensors of a plain call if one of them wants a gradient, an empty tuple if none does; None if not plain.");
    module.def("plain_saving_forward", &plain_saving_forward, "Outputs, final states and what backward needs.");
    module.def("plain_backward", &plain_backward, "Gradients of the inputs, two None in front.");
}

}  // namespace tidegate
