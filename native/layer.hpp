#pragma once

#include <nanobind/nanobind.h>

namespace tidegate {

// Adds the classes Layer32 and Layer64: one layer in one direction for NumPy arrays, weights packed once.
void bind_layers(nanobind::module_& module);

}  // namespace tidegate
