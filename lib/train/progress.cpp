#include "train/progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace nn { inline namespace NN_PRECISION { namespace detail {

Progress::Progress(bool wanted, Index end)
    : is_on_(wanted && ::isatty(STDERR_FILENO) == 1), end_(end) {}

Progress::~Progress() {
  if (has_written_) std::fputc('\n', stderr);
}

void Progress::update(const Iteration& it) {
  constexpr double interval = 0.1;
  if (!is_on_ || (it.seconds < next_ && it.iteration < end_)) return;
  next_ = it.seconds + interval;
  has_written_ = true;
  const auto done = static_cast<double>(it.iteration);
  const double left = it.seconds / done * static_cast<double>(end_ - it.iteration);
  std::fprintf(stderr, "\repoch %lld, iteration %lld of %lld, loss %.4g, %.0f s, %.0f s left\x1b[K",
               static_cast<long long>(it.epoch), static_cast<long long>(it.iteration),
               static_cast<long long>(end_), it.loss, it.seconds, left);
}

}}}  // namespace nn::NN_PRECISION::detail
