// libFuzzer's entry; NN_FUZZ_TARGET names the target.
#include <cstddef>

#include "targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nn::fuzz::NN_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
