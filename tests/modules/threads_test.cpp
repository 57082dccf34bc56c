#include "support/threads.hpp"

#include <gtest/gtest.h>

#include "support/compare.hpp"
#include "support/module_cases.hpp"

// Layers whose work is cut into blocks and spread over threads, on inputs large enough for several.
namespace nn::test { namespace {

struct LargeCase {
  std::string layer;
  Shape input;
};

std::vector<LargeCase> large_cases() {
  return {
      {"Linear(300, 70)", {150, 300}},
      {"Conv1D(3, 4, 32, stride=2)", {37, 200, 4}},
      {"Conv2D(3, 8, 16, padding=1)", {5, 40, 30, 8}},
      {"Conv2D(3, 16, 32, padding=1)", {5, 40, 30, 16}},
      {"Conv2D(3, 32, 32, stride=2, padding=2, dilation=2, groups=2)", {5, 40, 30, 32}},
      {"Conv2D(3, 8, 16, dilation=2)", {5, 40, 30, 8}},
      {"Conv2D(3, 8, 16, groups=2)", {5, 40, 30, 8}},
      {"Conv2D(3, 8, 16, groups=8)", {5, 40, 30, 8}},
      {"Conv2D(3, 8, 8, groups=8)", {5, 40, 30, 8}},
      {"ConvTranspose2D(3, 8, 16, stride=2)", {5, 20, 15, 8}},
      {"GlobalAvgPool", {8, 50, 60, 5}},
      {"Upsample(3, linear=true)", {3, 20, 30, 7}},
      {"BatchNorm(7)", {40, 50, 7}},
      {"LSTM(5, 33)", {70, 40, 5}},
      {"GRU(5, 33)", {70, 40, 5}},
      {"RNN(5, 33)", {70, 40, 5}},
  };
}

TEST(LargeLayers, HaveTheSameBitsForAnyNumberOfThreads) {
  for (const auto& [layer, input] : large_cases()) {
    SCOPED_TRACE(layer);
    const Tensor x = wave(input);
    expect_same_bits_with_threads({1, 2, 3, 8}, [&, &name = layer] {
      const auto module = parsed(name, x.shape().without(0));
      const Tensor z = module->forward(x);
      std::vector<Tensor> results{module->predict(x), z, module->backward(x, wave(z.shape(), 1))};
      for (const ParameterPtr& p : module->parameters()) results.push_back(p->grad);
      return results;
    });
  }
}

TEST(LargeLayers, PredictARowAsInItsBatch) {
  for (const auto& [layer, input] : large_cases()) {
    const Tensor x = wave(input);
    const auto module = parsed(layer, x.shape().without(0));
    const Tensor z = module->predict(x);
    for (Index i : {Index{0}, x.size(0) / 2, x.size(0) - 1})
      EXPECT_TRUE(same_bits(module->predict(x.slice(0, i, i + 1)), z.slice(0, i, i + 1))) << layer;
  }
}

}  // namespace
}  // namespace nn::test
