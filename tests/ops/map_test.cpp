#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Map, CallsTheFunctionOncePerElementInOrder) {
  std::vector<Scalar> seen;
  Tensor x = Tensor::arange(6).reshape({2, 3}).transpose();
  Tensor y = map(x, [&](Scalar v) {
    seen.push_back(v);
    return v * v;
  });
  EXPECT_EQ(seen, (std::vector<Scalar>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(values(y), (std::vector<Scalar>{0, 9, 1, 16, 4, 25}));
  EXPECT_EQ(y.shape(), (Shape{3, 2}));
  EXPECT_TRUE(y.is_contiguous());
}

TEST(Map, ZeroElements) {
  EXPECT_EQ(map(Tensor::zeros({3, 0}), [](Scalar v) { return v; }).shape(), (Shape{3, 0}));
  EXPECT_EQ(map(Tensor(), [](Scalar v) { return v; }).shape(), Shape{0});
}

TEST(Zip, Broadcasts) {
  Tensor y = zip(tensor({1, 2}).reshape({2, 1}), tensor({3, 5}),
                 [](Scalar a, Scalar b) { return 10 * a + b; });
  EXPECT_EQ(values(y), (std::vector<Scalar>{13, 15, 23, 25}));
  EXPECT_THROW(zip(tensor({1, 2}), tensor({1, 2, 3}), [](Scalar a, Scalar) { return a; }),
               ShapeError);
}

}  // namespace
}  // namespace nn::test
