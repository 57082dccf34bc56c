#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "nn/core/scalar.hpp"

namespace apps {

/// A bar on stderr with the rate and the time left; only on a terminal. Safe from several threads.
class Progress {
 public:
  Progress(std::string name, std::string unit);
  ~Progress();

  void expect(nn::Index steps);
  void advance(nn::Index steps = 1);

 private:
  void draw(double seconds) const;
  double seconds() const;

  std::string name_, unit_;
  bool shown_;
  std::mutex mutex_;
  nn::Index total_ = 0, done_ = 0;
  std::chrono::steady_clock::time_point start_;
  double drawn_at_ = -1;
};

}  // namespace apps
