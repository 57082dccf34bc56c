#include "common/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "common/ranks.hpp"

namespace apps {

Progress::Progress(std::string name, std::string unit)
    : name_(std::move(name)),
      unit_(std::move(unit)),
      shown_(isatty(STDERR_FILENO) == 1 && ranks::leads()),
      start_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (shown_ && drawn_at_ >= 0) std::fputs("\r\033[K", stderr);
}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Progress::expect(nn::Index steps) {
  std::lock_guard lock(mutex_);
  total_ += steps;
}

void Progress::advance(nn::Index steps) {
  std::lock_guard lock(mutex_);
  done_ += steps;
  if (!shown_) return;
  double now = seconds();
  if (drawn_at_ >= 0 && now - drawn_at_ < 0.1) return;
  drawn_at_ = now;
  draw(now);
}

void Progress::draw(double seconds) const {
  constexpr int width = 30;
  double share =
      total_ > 0 ? std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_)) : 0;
  int filled = static_cast<int>(share * width);
  std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                    std::string(static_cast<std::size_t>(width - filled), '.');
  double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  double left = share > 0 ? seconds * (1 - share) / share : 0;
  std::fprintf(stderr, "\r\033[K%s [%s] %3.0f %%  %.0f %s/s  %.0f s left", name_.c_str(),
               bar.c_str(), 100 * share, rate, unit_.c_str(), left);
}

}  // namespace apps
