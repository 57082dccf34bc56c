#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>

/// What is run on any bytes, by libFuzzer (entry.cpp) and by the suite (replay_test.cpp).
namespace nn::fuzz {

/// A promise that was broken.
struct Violation : std::logic_error {
  using std::logic_error::logic_error;
};

inline void require(bool holds, const char* what) {
  if (!holds) throw Violation(what);
}

/// Readers: the bytes are a file. It is read, and what was read is as the reader promises; or
/// DataError.
void table(std::string_view bytes);
void idx(std::string_view bytes);
void libsvm(std::string_view bytes);
void mapped(std::string_view bytes);
void safetensors(std::string_view bytes);
void checkpoint(std::string_view bytes);
void onnx(std::string_view bytes);
void usps(std::string_view bytes);
/// The bytes are a pipeline's JSON.
void pipeline(std::string_view bytes);
/// The bytes are a model file.
void model(std::string_view bytes);
/// The bytes are a text that tells of a network.
void network(std::string_view text);

/// The bytes are a program: views of views, against lists of the elements' places.
void views(std::string_view bytes);
/// The bytes are shapes, strides and places in one block of memory, where the operands may overlap:
/// gemm and copy_from against plain loops, to the bit.
void products(std::string_view bytes);

struct Target {
  const char* name;
  void (*run)(std::string_view);
};
inline constexpr Target targets[] = {{"table", table},
                                     {"pipeline", pipeline},
                                     {"model", model},
                                     {"network", network},
                                     {"idx", idx},
                                     {"libsvm", libsvm},
                                     {"mapped", mapped},
                                     {"safetensors", safetensors},
                                     {"checkpoint", checkpoint},
                                     {"onnx", onnx},
                                     {"usps", usps},
                                     {"views", views},
                                     {"products", products}};

}  // namespace nn::fuzz
