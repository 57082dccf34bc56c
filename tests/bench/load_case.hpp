#pragma once

#include <iostream>

#include "bench/bench.hpp"

/// Reading the USPS training images from text: seconds. The argument is the path of zip.train.
namespace bench {

inline constexpr const char* kLoadCase = "load-zip.train-text";

inline bool has_path(int argc, char** argv) {
  if (argc == 2) return true;
  std::cerr << "usage: " << argv[0] << " PATH-OF-zip.train\n";
  return false;
}

inline void measure_load(const Call& read) {
  if (selected(kLoadCase)) report(kLoadCase, "seconds", time_of(read));
}

}  // namespace bench
