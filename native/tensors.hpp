#pragma once

#include <nanobind/nanobind.h>

#include "call.hpp"
#include "dlpack.hpp"

namespace tidegate {

// torch's tensors, seen without torch's headers: through the table of C functions that torch.Tensor offers.
class Tensors {
public:
    // Learns from the module torch. False where this torch has no such table.
    static bool adopt(nanobind::handle torch);

    // Views `object`; false if it is not exactly a Tensor or a Parameter, whose subclasses may mean something else.
    static bool view(nanobind::handle object, dlpack::Tensor& view);

    // A new tensor of that shape and type on the CPU. `most` is the largest number of dimensions.
    static constexpr int most = 3;
    static nanobind::object empty(const dlpack::DataType& type, int dimensions, const Index* shape);

    // A new tensor like one that is there.
    static nanobind::object empty_like(nanobind::handle like);

    static bool requires_grad(nanobind::handle tensor);
};

}  // namespace tidegate
