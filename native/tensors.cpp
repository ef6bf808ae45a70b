#include "tensors.hpp"

#include <algorithm>

namespace nb = nanobind;

namespace tidegate {
namespace {

// Owned for as long as the process lives: torch's module does not go away either.
struct Torch {
    dlpack::ExchangeApi* api = nullptr;
    PyObject *tensor, *parameter, *single, *twice, *empty, *empty_like, *requires_grad;
} torch_;

// torch makes a tensor like another in two thirds of the time that it needs to make one from a shape. So the shapes made
// last are remembered as tensors without memory; a new shape takes the place of another one.
struct Pattern {
    Index shape[Tensors::most];
    int dimensions = -1, bits;
    PyObject* tensor = nullptr;

    bool fits(int bits_, int dimensions_, const Index* shape_) const {
        return dimensions == dimensions_ && bits == bits_ && std::equal(shape_, shape_ + dimensions_, shape);
    }
};

constexpr std::size_t patterns = 64;
Pattern pattern_[patterns];

Pattern& place_of(int bits, int dimensions, const Index* shape) {
    auto mixed = static_cast<std::uint64_t>(bits);
    for (int i = 0; i < dimensions; ++i) mixed = (mixed ^ static_cast<std::uint64_t>(shape[i])) * 0x9e3779b97f4a7c15u;
    return pattern_[(mixed >> 32) % patterns];
}

nb::object pattern_of(int bits, int dimensions, const Index* shape) {
    const nb::handle type(bits == 32 ? torch_.single : torch_.twice);
    nb::list sizes;
    for (int i = 0; i < dimensions; ++i) sizes.append(shape[i]);
    return nb::handle(torch_.empty)(1, nb::arg("dtype") = type, nb::arg("device") = "cpu").attr("expand")(sizes);
}

}  // namespace

bool Tensors::adopt(nb::handle torch) {
    const auto kept = [](nb::object object) { return object.release().ptr(); };
    const nb::object tensor = torch.attr("Tensor"), capsule = nb::getattr(tensor, "__dlpack_c_exchange_api__", nb::none());
    if (!PyCapsule_IsValid(capsule.ptr(), "dlpack_exchange_api")) return false;
    auto* api = static_cast<dlpack::ExchangeApi*>(PyCapsule_GetPointer(capsule.ptr(), "dlpack_exchange_api"));
    while (api && api->version.major != dlpack::major_version) api = api->previous;
    if (!api || !api->view_of_object) return false;
    torch_ = {api,
              kept(tensor),
              kept(torch.attr("nn").attr("Parameter")),
              kept(torch.attr("float32")),
              kept(torch.attr("float64")),
              kept(torch.attr("empty")),
              kept(torch.attr("empty_like")),
              PyUnicode_InternFromString("requires_grad")};
    return true;
}

bool Tensors::view(nb::handle object, dlpack::Tensor& view) {
    const auto* type = reinterpret_cast<PyObject*>(Py_TYPE(object.ptr()));
    if (type != torch_.tensor && type != torch_.parameter) return false;
    if (torch_.api->view_of_object(object.ptr(), &view) == 0) return true;
    PyErr_Clear();
    return false;
}

nb::object Tensors::empty(const dlpack::DataType& type, int dimensions, const Index* shape) {
    Pattern& place = place_of(type.bits, dimensions, shape);
    if (place.fits(type.bits, dimensions, shape)) return empty_like(nb::borrow(place.tensor));
    // Where torch makes or frees a tensor, other threads may run and take the place: it must be whole before and after.
    const nb::object made = pattern_of(type.bits, dimensions, shape);
    const nb::object before = nb::steal(place.tensor);
    place = {{}, dimensions, type.bits, made.inc_ref().ptr()};
    std::copy(shape, shape + dimensions, place.shape);
    return empty_like(made);
}

nb::object Tensors::empty_like(nb::handle like) {
    PyObject* arguments = like.ptr();
    PyObject* made = PyObject_Vectorcall(torch_.empty_like, &arguments, 1, nullptr);
    if (!made) throw nb::python_error();
    return nb::steal(made);
}

bool Tensors::requires_grad(nb::handle tensor) {
    const nb::object found = nb::steal(PyObject_GetAttr(tensor.ptr(), torch_.requires_grad));
    if (!found) throw nb::python_error();
    return found.ptr() == Py_True;
}

}  // namespace tidegate
