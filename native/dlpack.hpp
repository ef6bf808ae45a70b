#pragma once

#include <cstdint>

namespace tidegate::dlpack {

// The C structures of DLPack 1 through which libraries show each other their arrays, as far as they are used here:
// https://dmlc.github.io/dlpack/latest/c_api.html. Any version with the same major number has this layout.

inline constexpr std::uint32_t major_version = 1;
inline constexpr std::int32_t cpu = 1;
inline constexpr std::uint8_t integer = 0, floating = 2;

struct Device {
    std::int32_t type, id;
};

struct DataType {
    std::uint8_t code, bits;
    std::uint16_t lanes;
};

struct Tensor {
    void* data;
    Device device;
    std::int32_t dimensions;
    DataType type;
    std::int64_t *shape, *strides;  // strides in elements
    std::uint64_t offset;           // of the first element from data, in bytes
};

struct Version {
    std::uint32_t major, minor;
};

// What the capsule `__dlpack_c_exchange_api__` of an array type holds. Functions that are not called are not spelt out.
struct ExchangeApi {
    Version version;
    ExchangeApi* previous;
    void (*allocate)();
    void (*managed_from_object)();
    void (*object_from_managed)();
    int (*view_of_object)(void* object, Tensor* view);  // borrows; 0, or −1 with a Python error set. May be null
};

}  // namespace tidegate::dlpack
