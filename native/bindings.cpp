#include <nanobind/nanobind.h>

#include "isa.hpp"

namespace nb = nanobind;

NB_MODULE(_native, module) {
    module.doc() = "tidegate's compiled part";
    module.def("widest_isa", &tidegate::widest_isa,
               "Name of the widest instruction set of this processor: 'avx512', 'avx2' or 'baseline'.");
}
