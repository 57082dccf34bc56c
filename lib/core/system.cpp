#include "core/system.hpp"

#ifdef __linux__
#include <sched.h>
#endif
#ifndef _WIN32
#include <pthread.h>
#endif

#include <thread>

namespace nn { inline namespace NN_PRECISION {

int detail::cpus_of_process() {
#ifdef __linux__
  if (cpu_set_t set; sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

void detail::at_fork([[maybe_unused]] void (*before)(), [[maybe_unused]] void (*in_parent)(),
                     [[maybe_unused]] void (*in_child)()) {
#ifndef _WIN32
  pthread_atfork(before, in_parent, in_child);
#endif
}

}}  // namespace nn::NN_PRECISION
