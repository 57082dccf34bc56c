#pragma once

#include <type_traits>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// How many threads the library may use, the caller's included. At the start it is the environment
/// variable NN_NUM_THREADS if that is a number from 1 to 256, else the number of CPUs this process
/// may run on. If the system refuses to start that many, fewer are used. Results never depend on
/// it, not even in the last bit. All functions here may be called from several threads at once.
int num_threads();

/// Sets num_threads(). Throws RangeError unless 1 <= n <= 256.
void set_num_threads(int n);

namespace detail {
using RangeFunction = void (*)(void* context, Index begin, Index end);
void run_parallel(Index count, Index grain, RangeFunction run, void* context);
}  // namespace detail

/// Calls body(begin, end) on disjoint ranges that cover [0, count). If count >= 2 * grain, several
/// threads share the ranges, else there is one call on the calling thread. No range but the last is
/// shorter than `grain`. Returns when all are done and rethrows the first exception of a body. A
/// call from inside a body, or while another thread's call is under way, runs on the calling
/// thread.
///
/// It may be called at any time of a process, also when static objects are being destroyed, and in
/// the child after fork(), which gets threads of its own. A child that is forked inside a body must
/// end there: it cannot finish the loop.
template <class Body>
void parallel_for(Index count, Index grain, Body&& body) {
  if (count > 0 && count / 2 < grain) return static_cast<void>(body(Index{0}, count));
  using Plain = std::remove_reference_t<Body>;
  detail::run_parallel(
      count, grain,
      [](void* context, Index begin, Index end) { (*static_cast<Plain*>(context))(begin, end); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

}}  // namespace nn::NN_PRECISION
