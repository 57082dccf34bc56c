#include "nn/modules/global_avg_pool.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(GlobalAvgPool, ValuesAndGradient) {
  GlobalAvgPool layer;
  Tensor x = tensor({{{{1, 10}, {2, 20}}, {{3, 30}, {6, 40}}}});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{3, 25}})));
  EXPECT_TRUE(same_bits(layer.backward_delta(x, tensor({{4, 8}})),
                        tensor({{{{1, 2}, {1, 2}}, {{1, 2}, {1, 2}}}})));
  EXPECT_TRUE(same_bits(layer.predict(wave({2, 1, 3})), wave({2, 1, 3}).reshape({2, 3})));
}

TEST(GlobalAvgPool, RefusesWhatHasNoMean) {
  for (const Shape& shape : {Shape{2, 3}, Shape{2, 0, 3}, Shape{2, 4, 0, 3}, Shape{}})
    EXPECT_THROW(GlobalAvgPool().output_shape(shape), ShapeError) << shape.to_string();
}

TEST(GlobalAvgPool, HasTheSameBitsForAnyNumberOfThreads) {
  const int before = num_threads();
  const Tensor x = wave({8, 50, 60, 5});
  set_num_threads(1);
  const Tensor expected = GlobalAvgPool().predict(x);
  for (int threads : {2, 3, 5}) {
    set_num_threads(threads);
    EXPECT_TRUE(same_bits(GlobalAvgPool().predict(x), expected));
  }
  set_num_threads(before);
}

}  // namespace
}  // namespace nn::test
