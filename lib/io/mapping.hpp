#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// A file's bytes in the address space. Where the system cannot map files, they are read. Private
/// to lib/.
class Mapping {
 public:
  /// DataError, naming the path, for what is no plain file, or an empty one.
  explicit Mapping(const std::string& path);
  ~Mapping();
  Mapping(const Mapping&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  std::string read_;
  std::string_view bytes_;
};

}}}  // namespace nn::NN_PRECISION::detail
