#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "nn/core/error.hpp"

/// Open files of POSIX. Private to lib/.
namespace nn::inline NN_PRECISION::detail {

/// Throws "path: what (the system's reason)".
[[noreturn]] inline void fail_file(const std::string& path, const std::string& what, int error) {
  throw DataError(path + ": " + what + " (" + std::generic_category().message(error) + ")");
}

/// An open file that is closed when its owner goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (is_open()) ::close(number_);
  }

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }
  /// Closes now; false if the system reports that something was not written.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

}  // namespace nn::inline NN_PRECISION::detail
