#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// An open file, closed by the destructor. Where a call fails, errno says why. The other files of
/// lib/ know of it, and of std::filesystem, in place of the system's calls. Private to lib/.
class Descriptor {
 public:
  enum class For { reading, overwriting, appending, a_new_file };

  /// is_open() tells whether that worked. Overwriting needs a file that is there, and leaves it as
  /// it is; appending makes one; a_new_file may not be there. Programs that this one starts do not
  /// get the file.
  Descriptor(const std::filesystem::path& path, For purpose);
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (is_open()) close();
  }

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }
  /// Puts up to `count` of the next bytes there; how many, 0 at the end, negative on failure.
  std::ptrdiff_t read(char* bytes, std::size_t count) const;
  /// Whether all were written. A limit of the file's size and a pipe without a reader are failures;
  /// neither ends the process.
  bool write(std::string_view bytes) const;
  /// Whether what was written is on the disk now.
  bool synchronise() const;
  /// Closes now; false if the system reports that something was not written.
  bool close();

 private:
  int number_;
};

}}}  // namespace nn::NN_PRECISION::detail
