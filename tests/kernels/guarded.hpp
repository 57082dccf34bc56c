#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>
#include <vector>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels {

/// Memory whose last value ends where the next byte cannot be touched.
class Guarded {
 public:
  explicit Guarded(Index capacity) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t bytes = static_cast<std::size_t>(capacity) * sizeof(Scalar);
    size_ = (bytes + page - 1) / page * page + page;
    base_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base_ == MAP_FAILED) throw std::bad_alloc();
    end_ = reinterpret_cast<Scalar*>(static_cast<char*>(base_) + size_ - page);
    if (mprotect(end_, page, PROT_NONE) != 0) throw std::bad_alloc();
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(base_, size_); }

  /// The values, moved to the end of the memory.
  Scalar* put(const std::vector<Scalar>& values) {
    Scalar* to = end_ - values.size();
    if (!values.empty()) std::memcpy(to, values.data(), values.size() * sizeof(Scalar));
    return to;
  }

 private:
  void* base_;
  std::size_t size_;
  Scalar* end_;
};

}}}  // namespace nn::NN_PRECISION::kernels
