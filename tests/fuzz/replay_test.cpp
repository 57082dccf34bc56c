// The seeds of the fuzzing, and inputs made of them by chance, through the same functions, without
// libFuzzer.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "nn/core/rng.hpp"
#include "nn/io/file.hpp"
#include "targets.hpp"

namespace nn::fuzz { namespace {

class Replay : public testing::TestWithParam<Target> {
 protected:
  static std::vector<std::string> seeds() {
    std::vector<std::string> paths, contents;
    std::filesystem::path folder(NN_FUZZ_CORPUS);
    for (const auto& entry : std::filesystem::directory_iterator(folder / GetParam().name))
      paths.push_back(entry.path().string());
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths) contents.push_back(read_file(path));
    return contents;
  }
};

/// A few bytes changed, left out, put in or repeated.
std::string mutated(std::string bytes, Rng& rng) {
  for (Index changes = 1 + rng.below(4); changes > 0; --changes) {
    const auto at = static_cast<std::size_t>(rng.below(std::ssize(bytes) + 1));
    const auto length = static_cast<std::size_t>(rng.below(9));
    switch (rng.below(5)) {
      case 0:
        bytes.insert(at, 1, static_cast<char>(rng.below(256)));
        break;
      case 1:
        bytes.erase(at, length);
        break;
      case 2:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 3:
        bytes.resize(at);
        break;
      default:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << rng.below(8)));
    }
  }
  return bytes;
}

TEST_P(Replay, Seeds) {
  EXPECT_FALSE(seeds().empty());
  for (const std::string& bytes : seeds()) EXPECT_NO_THROW(GetParam().run(bytes)) << bytes;
}

TEST_P(Replay, MutatedSeeds) {
  Rng rng(1);
  for (const std::string& seed : seeds())
    for (int round = 0; round < 300; ++round) {
      std::string bytes = mutated(seed, rng);
      EXPECT_NO_THROW(GetParam().run(bytes)) << testing::PrintToString(bytes);
    }
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(targets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace nn::fuzz
