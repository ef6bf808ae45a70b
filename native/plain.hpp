#pragma once

#include <nanobind/nanobind.h>

namespace tidegate {

// Adds the short way from torch's tensors to the engine and back: one plain layer over a dense batch.
void bind_plain(nanobind::module_& module);

}  // namespace tidegate
