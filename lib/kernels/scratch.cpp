#include "kernels/scratch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>

namespace nn { inline namespace NN_PRECISION { namespace kernels {
namespace {

constexpr std::align_val_t kAlignment{64};

class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  Scalar* at_least(Index count) {
    if (count > count_) {
      release();
      data_ = static_cast<Scalar*>(
          ::operator new(static_cast<std::size_t>(count) * sizeof(Scalar), kAlignment));
      count_ = count;
      std::fill_n(data_, count, Scalar{0});  // padding is read, though never used
    }
    return data_;
  }

 private:
  void release() {
    ::operator delete(data_, kAlignment);
    data_ = nullptr;
    count_ = 0;
  }

  Scalar* data_ = nullptr;
  Index count_ = 0;
};

thread_local std::array<Buffer, static_cast<std::size_t>(Scratch::count)> buffers;

}  // namespace

Scalar* scratch(Scratch purpose, Index count) {
  return buffers[static_cast<std::size_t>(purpose)].at_least(count);
}

}}}  // namespace nn::NN_PRECISION::kernels
