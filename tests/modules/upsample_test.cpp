#include "nn/modules/upsample.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Upsample, RepeatsPixels) {
  Upsample layer(2);
  Tensor x = tensor({1, 2, 3, 4}).reshape({1, 2, 2, 1});
  Tensor z = tensor({{1, 1, 2, 2}, {1, 1, 2, 2}, {3, 3, 4, 4}, {3, 3, 4, 4}});
  EXPECT_TRUE(same_bits(layer.forward(x), z.reshape({1, 4, 4, 1})));
  EXPECT_TRUE(same_bits(layer.backward_delta(x, z.reshape({1, 4, 4, 1})),
                        tensor({4, 8, 12, 16}).reshape({1, 2, 2, 1})));
}

TEST(Upsample, DrawsLinesBetweenCentres) {
  Upsample layer(2, Interpolation::linear);
  Tensor x = tensor({0, 4, 12}).reshape({1, 3, 1});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({0, 1, 3, 6, 10, 12}).reshape({1, 6, 1})));
  EXPECT_TRUE(same_bits(layer.backward_delta(x, Tensor::full({1, 6, 1}, 4)),
                        tensor({8, 8, 8}).reshape({1, 3, 1})));
  Tensor image = tensor({0, 4, 8, 12}).reshape({1, 2, 2, 1});
  EXPECT_TRUE(same_bits(
      layer.predict(image),
      tensor({{0, 1, 3, 4}, {2, 3, 5, 6}, {6, 7, 9, 10}, {8, 9, 11, 12}}).reshape({1, 4, 4, 1})));
}

TEST(Upsample, OfOnePixelOrByOneIsTheSame) {
  for (Interpolation way : {Interpolation::nearest, Interpolation::linear}) {
    EXPECT_TRUE(same_bits(Upsample(3, way).predict(Tensor::full({1, 1, 1, 2}, 7)),
                          Tensor::full({1, 3, 3, 2}, 7)));
    EXPECT_TRUE(same_bits(Upsample(1, way).predict(wave({2, 3, 4, 2})), wave({2, 3, 4, 2})));
  }
}

TEST(Upsample, DoesNotSpreadInfinitiesFurtherThanTheirWeight) {
  const Tensor x = tensor({1, INFINITY, 2}).reshape({1, 3, 1});
  EXPECT_EQ(values(Upsample(2, Interpolation::linear).predict(x)),
            (std::vector<Scalar>{1, INFINITY, INFINITY, INFINITY, INFINITY, 2}));
}

TEST(Upsample, DescribesAndRefuses) {
  EXPECT_EQ(Upsample(2).describe(), "Upsample(2)");
  EXPECT_EQ(Upsample(2, Interpolation::linear).describe(), "Upsample(2, linear=true)");
  EXPECT_THROW(Upsample(0), ShapeError);
  EXPECT_THROW(Upsample(65537), ShapeError);
  EXPECT_THROW(Upsample(2).output_shape({2, 3}), ShapeError);
}

TEST(Upsample, HasTheSameBitsForAnyNumberOfThreads) {
  const int before = num_threads();
  Upsample layer(3, Interpolation::linear);
  const Tensor x = wave({3, 20, 30, 7}), delta = wave({3, 60, 90, 7}, 1);
  set_num_threads(1);
  const Tensor z = layer.predict(x), dx = layer.backward_delta(x, delta);
  for (int threads : {2, 3, 5}) {
    set_num_threads(threads);
    EXPECT_TRUE(same_bits(layer.predict(x), z));
    EXPECT_TRUE(same_bits(layer.backward_delta(x, delta), dx));
  }
  set_num_threads(before);
}

}  // namespace
}  // namespace nn::test
