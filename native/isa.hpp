#pragma once

namespace tidegate {

// The widest instruction set that this processor and its operating system offer:
// "avx512", "avx2" or "baseline".
const char* widest_isa() noexcept;

}  // namespace tidegate
