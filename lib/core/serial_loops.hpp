#pragma once

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// From now on parallel_for() on this thread uses no other, for a thread that works beside the one
/// that the threads are for. Private to lib/.
void run_loops_alone();

/// Whether parallel_for() on this thread uses no other now: after run_loops_alone(), while a
/// LoopsAlone lives, or inside a loop.
bool loops_run_alone();

/// The same as run_loops_alone() while it lives.
class LoopsAlone {
 public:
  LoopsAlone();
  LoopsAlone(const LoopsAlone&) = delete;
  LoopsAlone& operator=(const LoopsAlone&) = delete;
  ~LoopsAlone();

 private:
  bool before_;
};

}}}  // namespace nn::NN_PRECISION::detail
