#include "layer.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>

#include "engine.hpp"

namespace nb = nanobind;

namespace tidegate {
namespace {

template <class T, int N>
using In = nb::ndarray<const T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;
template <class T, int N>
using Out = nb::ndarray<T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;
template <class Array>
using Maybe = std::optional<Array>;

void require(bool held, const char* what) {
    if (!held) throw std::invalid_argument(what);
}

template <class Array>
Index size(const Array& array, int axis) {
    return static_cast<Index>(array.shape(axis));
}

template <class Array>
auto data(const Maybe<Array>& array) -> decltype(array->data()) {
    return array ? array->data() : nullptr;
}

struct Freed {
    void operator()(void* memory) const { std::free(memory); }
};

// One layer in one direction, for prediction. The weights are copied; calls may come from several threads at once.
template <class T>
class Layer {
public:
    Layer(Index kind, In<T, 2> input_weights, In<T, 2> recurrent_weights, Maybe<In<T, 1>> input_bias,
          Maybe<In<T, 1>> recurrent_bias, Maybe<In<T, 2>> projection, Maybe<In<T, 2>> peepholes) {
        require(kind >= 0 && kind <= static_cast<Index>(Kind::lstm), "unknown kind of recurrence");
        call_.kind = static_cast<Kind>(kind);
        const Index gates = kind <= static_cast<Index>(Kind::rnn_relu) ? 1 : call_.kind == Kind::lstm ? 4 : 3;
        const Index rows = size(input_weights, 0);
        call_.features = size(input_weights, 1);
        call_.units = rows / gates;
        call_.outputs = size(recurrent_weights, 1);
        require(rows % gates == 0 && size(recurrent_weights, 0) == rows, "weights differ in their number of rows");
        require(!input_bias || size(*input_bias, 0) == rows, "input_bias has another length than the weights");
        require(!recurrent_bias || size(*recurrent_bias, 0) == rows, "recurrent_bias has another length than the weights");
        require(!projection || (size(*projection, 0) == call_.outputs && size(*projection, 1) == call_.units),
                "projection must be [outputs, units]");
        require(!peepholes || (size(*peepholes, 0) == 3 && size(*peepholes, 1) == call_.units), "peepholes must be [3, units]");
        call_.input_weights = input_weights.data();
        call_.recurrent_weights = recurrent_weights.data();
        call_.input_bias = data(input_bias);
        call_.recurrent_bias = data(recurrent_bias);
        call_.projection = data(projection);
        call_.peepholes = data(peepholes);
        prepare();
    }

    // One step of B rows: x [B, F]; state [B, P] and cell [B, H] become those after the step.
    void step(In<T, 2> x, Out<T, 2> state, Maybe<Out<T, 2>> cell, Index threads) const {
        Call<T> call = with_state(size(x, 0), state, cell, threads);
        require(size(x, 1) == call.features, "x must be [rows, features]");
        call.steps = 1;
        call.x = {x.data(), call.features, call.features};
        go(call);
    }

    // Whole sequences: x [B, T, F] → y [B, T, P]; state and cell become those after each row's own last step.
    void run(In<T, 3> x, Out<T, 3> y, Out<T, 2> state, Maybe<Out<T, 2>> cell, Maybe<In<Index, 1>> lengths, bool reverse,
             Index threads) const {
        Call<T> call = with_state(size(x, 0), state, cell, threads);
        call.steps = size(x, 1);
        require(size(x, 2) == call.features, "x must be [rows, steps, features]");
        require(size(y, 0) == call.batch && size(y, 1) == call.steps && size(y, 2) == call.outputs,
                "y must be [rows, steps, outputs]");
        require(!lengths || size(*lengths, 0) == call.batch, "lengths must be [rows]");
        call.x = {x.data(), call.steps * call.features, call.features};
        call.y = {y.data(), call.steps * call.outputs, call.outputs};
        call.lengths = data(lengths);
        call.reverse = reverse;
        go(call);
    }

private:
    void prepare() {
        call_.preparation = Preparation::prepares;
        const std::size_t bytes = static_cast<std::size_t>(routines<T>().prepared_bytes(call_));
        memory_.reset(std::aligned_alloc(64, (bytes + 64) / 64 * 64));
        if (!memory_) throw std::bad_alloc();
        call_.prepared = memory_.get();
        run_forward(call_);
        call_.preparation = Preparation::prepared;
    }

    Call<T> with_state(Index batch, Out<T, 2>& state, Maybe<Out<T, 2>>& cell, Index threads) const {
        Call<T> call = call_;
        call.batch = batch;
        call.threads = threads;
        require(size(state, 0) == batch && size(state, 1) == call.outputs, "state must be [rows, outputs]");
        require((call.kind == Kind::lstm) == cell.has_value(), "a cell belongs to an LSTM, and to it alone");
        require(!cell || (size(*cell, 0) == batch && size(*cell, 1) == call.units), "cell must be [rows, units]");
        call.state = call.last_state = state.data();
        if (cell) call.cell = call.last_cell = cell->data();
        return call;
    }

    static void go(const Call<T>& call) {
        nb::gil_scoped_release released;
        run_forward(call);
    }

    Call<T> call_{};
    std::unique_ptr<void, Freed> memory_;
};

template <class T>
void bind(nb::module_& module, const char* name) {
    using L = Layer<T>;
    const auto nothing = [](const char* argument) { return nb::arg(argument) = nb::none(); };
    nb::class_<L>(module, name, "One layer in one direction on NumPy arrays, weights packed once.")
        .def(nb::init<Index, In<T, 2>, In<T, 2>, Maybe<In<T, 1>>, Maybe<In<T, 1>>, Maybe<In<T, 2>>, Maybe<In<T, 2>>>(),
             nb::arg("kind"), nb::arg("input_weights"), nb::arg("recurrent_weights"), nothing("input_bias"),
             nothing("recurrent_bias"), nothing("projection"), nothing("peepholes"))
        .def("step", &L::step, nb::arg("x"), nb::arg("state").noconvert(), nb::arg("cell").noconvert() = nb::none(),
             nb::arg("threads") = 1, "x [B, F]; state [B, P] and cell [B, H] are carried on in place.")
        .def("run", &L::run, nb::arg("x"), nb::arg("y").noconvert(), nb::arg("state").noconvert(),
             nb::arg("cell").noconvert() = nb::none(), nb::arg("lengths") = nb::none(), nb::arg("reverse") = false,
             nb::arg("threads") = 1, "x [B, T, F] → y [B, T, P]; state and cell are carried on in place.");
}

}  // namespace

void bind_layers(nb::module_& module) {
    bind<float>(module, "Layer32");
    bind<double>(module, "Layer64");
}

}  // namespace tidegate
