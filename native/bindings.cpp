#include <nanobind/nanobind.h>

#include <stdexcept>
#include <string>

#include "engine.hpp"
#include "layer.hpp"
#include "plain.hpp"

namespace nb = nanobind;

namespace tidegate {
namespace {

// A call arrives as one tuple of integers, the fields of `Call` in their order, pointers as addresses and a sequence as
// address and two strides: exchanging arrays one by one costs more than a short walk.
class Words {
public:
    explicit Words(nb::tuple words) : words_(std::move(words)) {}

    template <class... Fields>
    void into(Fields&... fields) {
        (take(fields), ...);
        if (at_ != words_.size()) throw std::invalid_argument("a call has " + std::to_string(at_) + " fields");
    }

private:
    Index next() {
        if (at_ >= words_.size()) throw std::invalid_argument("a call has more fields than were given");
        const Index word = PyLong_AsSsize_t(nb::handle(words_[at_++]).ptr());
        if (word == -1 && PyErr_Occurred()) throw nb::python_error();
        return word;
    }
    void take(Index& field) { field = next(); }
    void take(Kind& field) { field = static_cast<Kind>(next()); }
    void take(Preparation& field) { field = static_cast<Preparation>(next()); }
    template <class U>
    void take(U*& field) {
        field = reinterpret_cast<U*>(next());
    }
    template <class U>
    void take(Sequence<U>& field) {
        take(field.data);
        field.batch = next();
        field.time = next();
    }

    nb::tuple words_;
    std::size_t at_ = 0;
};

template <class T>
Call<T> read(nb::tuple words) {
    Call<T> c{};
    Words(std::move(words))
        .into(c.kind, c.steps, c.batch, c.features, c.units, c.outputs, c.reverse, c.threads, c.preparation, c.prepared, c.lengths, c.sizes, c.x, c.input_weights,
              c.recurrent_weights, c.input_bias, c.recurrent_bias, c.projection, c.peepholes, c.state, c.cell, c.dropout,
              c.keep, c.keep_cell, c.y, c.last_state, c.last_cell, c.saved, c.dy, c.dlast_state, c.dlast_cell, c.dx,
              c.dinput_weights, c.drecurrent_weights, c.dinput_bias, c.drecurrent_bias, c.dprojection, c.dpeepholes, c.dstate,
              c.dcell);
    return c;
}

template <class T>
void forward(nb::tuple words) {
    const Call<T> call = read<T>(std::move(words));
    nb::gil_scoped_release released;
    run_forward(call);
}

template <class T>
void backward(nb::tuple words) {
    const Call<T> call = read<T>(std::move(words));
    nb::gil_scoped_release released;
    run_backward(call);
}

// [lanes of a vector, saved slots]: the saved array holds true steps × slots × units rounded up to whole vectors.
template <class T>
nb::tuple saved_layout(Index kind, bool projected) {
    return nb::make_tuple(routines<T>().lanes, routines<T>().slots(static_cast<Kind>(kind), projected));
}

template <class T>
void apply(bool sigmoid, std::size_t from, Index count, std::size_t to) {
    const auto function = sigmoid ? routines<T>().sigmoid : routines<T>().tanh;
    function(reinterpret_cast<const T*>(from), count, reinterpret_cast<T*>(to));
}

template <class T>
Index busy(Index rounds) {
    T result[64] = {};
    nb::gil_scoped_release released;
    return routines<T>().busy(rounds, result);
}

nb::list isas() {
    nb::list names;
    for (const char* const* name = instruction_sets(); *name; ++name) names.append(*name);
    return names;
}

}  // namespace
}  // namespace tidegate

NB_MODULE(_native, module) {
    using namespace tidegate;
    module.doc() = "tidegate's compiled part";
    module.def("isas", &isas, "Names of the instruction sets that this processor and this build have, the widest last.");
    module.def("isa", [] { return engine().isa; }, "Name of the instruction set in use; TIDEGATE_ISA forces one.");
    module.def("has_threads", &has_threads, "Whether this build can use more than one thread.");
    module.def("lend_threads", &lend_threads, "So many threads for calls of this thread that ask for fewer; returns how many before.");
    bind_layers(module);
    bind_plain(module);
    module.def("forward_float32", &forward<float>, "One layer, one direction; a tuple with the fields of Call in call.hpp.");
    module.def("forward_float64", &forward<double>);
    module.def("backward_float32", &backward<float>);
    module.def("backward_float64", &backward<double>);
    module.def("saved_layout_float32", &saved_layout<float>);
    module.def("saved_layout_float64", &saved_layout<double>);
    module.def("apply_float32", &apply<float>, "to ← σ or tanh of from, `count` values at addresses; for the tests of accuracy.");
    module.def("apply_float64", &apply<double>);
    module.def("busy_float32", &busy<float>, "Multiply-adds in registers alone, to measure a core's peak; returns how many.");
    module.def("busy_float64", &busy<double>);
}
