#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/core/tensor.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

using Values = std::vector<Scalar>;

Tensor cube() { return Tensor::arange(24).reshape({2, 3, 4}); }

bool shares(const Tensor& a, const Tensor& b) { return may_overlap(a, b); }

TEST(Views, Transpose) {
  Tensor a = cube(), t = a.transpose(0, 2);
  EXPECT_EQ(t.shape(), (Shape{4, 3, 2}));
  for (Index i = 0; i < 2; ++i)
    for (Index j = 0; j < 3; ++j)
      for (Index k = 0; k < 4; ++k) EXPECT_EQ(t(k, j, i), a(i, j, k));
  t(3, 2, 1) = -1;
  EXPECT_EQ(a(1, 2, 3), -1);
  EXPECT_TRUE(same_bits(t.transpose(0, 2), a));
  EXPECT_TRUE(same_bits(a.transpose(1, 1), a));
  EXPECT_THROW(a.transpose(0, 3), RangeError);
  EXPECT_THROW(a.transpose(-1, 0), RangeError);
  EXPECT_THROW(a.transpose(), ShapeError);
}

TEST(Views, TransposeOfManyElements) {
  Tensor row = Tensor::ones({1, 1}).broadcast_to({1, Index{1} << 40});
  EXPECT_EQ(row.transpose().shape(), (Shape{Index{1} << 40, 1}));
}

TEST(Views, Slice) {
  Tensor a = Tensor::arange(10);
  EXPECT_EQ(values(a.slice(0, 2, 5)), (Values{2, 3, 4}));
  EXPECT_EQ(values(a.slice(0, 1, 10, 3)), (Values{1, 4, 7}));
  EXPECT_EQ(values(a.slice(0, 1, 8, 3)), (Values{1, 4, 7}));
  EXPECT_EQ(values(a.slice(0, 1, 7, 3)), (Values{1, 4}));
  EXPECT_EQ(values(a.slice(0, 1, 10, 3).slice(0, 0, 3, 2)), (Values{1, 7}));
  EXPECT_EQ(values(a.slice(0, 9, 10, INT64_MAX)), (Values{9}));
  EXPECT_EQ(a.slice(0, 0, 10, INT64_MAX).shape(), Shape{1});
  EXPECT_EQ(a.slice(0, 10, 10).numel(), 0);
  EXPECT_EQ(a.slice(0, 4, 4).shape(), Shape{0});
  a.slice(0, 2, 4).fill(-1);
  EXPECT_EQ(a(3), -1);
  EXPECT_EQ(values(cube().slice(1, 1, 3, 2).slice(2, 0, 4, 3)), (Values{4, 7, 16, 19}));
}

TEST(Views, SliceOutOfRange) {
  Tensor a = Tensor::arange(10);
  EXPECT_THROW(a.slice(0, -1, 5), RangeError);
  EXPECT_THROW(a.slice(0, 5, 4), RangeError);
  EXPECT_THROW(a.slice(0, 0, 11), RangeError);
  EXPECT_THROW(a.slice(0, 0, 5, 0), RangeError);
  EXPECT_THROW(a.slice(0, 0, 5, -1), RangeError);
  EXPECT_THROW(a.slice(1, 0, 1), RangeError);
  EXPECT_THROW(a.slice(-1, 0, 1), RangeError);
}

TEST(Views, Select) {
  Tensor a = cube();
  EXPECT_EQ(values(a.select(0, 1)), values(Tensor::arange(24).slice(0, 12, 24)));
  EXPECT_EQ(values(a.select(1, 2)), (Values{8, 9, 10, 11, 20, 21, 22, 23}));
  EXPECT_EQ(values(a.select(2, 3)), (Values{3, 7, 11, 15, 19, 23}));
  a.select(0, 1).select(0, 0).fill(0);
  EXPECT_EQ(a(1, 0, 3), 0);
  EXPECT_THROW(a.select(0, 2), RangeError);
  EXPECT_THROW(a.select(0, -1), RangeError);
  EXPECT_THROW(a.select(3, 0), RangeError);
  EXPECT_THROW(Tensor::zeros({0, 2}).select(0, 0), RangeError);
  EXPECT_EQ(Tensor::zeros({0, 2}).select(1, 1).shape(), Shape{0});
}

TEST(Views, ReshapeIsAViewWhereStridesAllow) {
  Tensor a = cube();
  EXPECT_TRUE(shares(a.reshape({6, 4}), a));
  EXPECT_TRUE(shares(a.reshape({24}), a));
  EXPECT_TRUE(shares(a.reshape({2, 1, 3, 1, 4}), a));
  Tensor rows = a.slice(2, 0, 2);  // strides 12, 4, 1: the first two dimensions merge
  EXPECT_TRUE(shares(rows.reshape({6, 2}), a));
  EXPECT_TRUE(shares(rows.reshape({3, 2, 2}), a));
  EXPECT_TRUE(shares(rows.reshape({6, 1, 2, 1}), a));
  EXPECT_FALSE(shares(rows.reshape({12}), a));
  EXPECT_FALSE(shares(rows.reshape({2, 6}), a));
  EXPECT_FALSE(shares(a.transpose(0, 1).reshape({6, 4}), a));
  Tensor one = Tensor::ones({1}).broadcast_to({3, 4});
  EXPECT_TRUE(shares(one.reshape({2, 6}), one));
}

TEST(Views, ReshapeKeepsTheOrderOfElements) {
  Tensor a = cube();
  std::vector<Tensor> views{a,
                            a.transpose(0, 1),
                            a.transpose(0, 2),
                            a.slice(2, 0, 2),
                            a.slice(1, 0, 3, 2),
                            a.slice(0, 1, 2),
                            a.select(1, 1),
                            scattered(a),
                            Tensor::arange(4).broadcast_to({2, 3, 4}),
                            a.slice(1, 1, 2).transpose(0, 1),
                            a.slice(2, 3, 4)};
  for (const Tensor& view : views) {
    Index n = view.numel();
    for (Shape shape : {Shape{n}, Shape{1, n}, Shape{n, 1}, Shape{2, n / 2}, Shape{n / 2, 2},
                        Shape{n / 2, 1, 2}, view.shape().inserted(1, 1)}) {
      Tensor reshaped = view.reshape(shape);
      EXPECT_EQ(reshaped.shape(), shape);
      EXPECT_EQ(values(reshaped), values(view)) << view.shape() << " to " << shape;
    }
  }
}

TEST(Views, ReshapeWithOneSizeLeftOpen) {
  Tensor a = Tensor::arange(6);
  EXPECT_EQ(a.reshape({3, -1}).shape(), (Shape{3, 2}));
  EXPECT_EQ(a.reshape({-1}).shape(), Shape{6});
  EXPECT_EQ(a.reshape({-1, 6}).shape(), (Shape{1, 6}));
  EXPECT_EQ(Tensor::zeros({0, 4}).reshape({-1, 4}).shape(), (Shape{0, 4}));
  EXPECT_THROW(a.reshape({4, -1}), ShapeError);
  EXPECT_THROW(a.reshape({-1, -1}), ShapeError);
  EXPECT_THROW(a.reshape({-2, -1}), ShapeError);
  EXPECT_THROW(a.reshape({-2, -3}), ShapeError);
  EXPECT_THROW(a.reshape({0, -1}), ShapeError);
  EXPECT_THROW(Tensor::zeros({0}).reshape({0, -1}), ShapeError);  // any size would do
  EXPECT_THROW(a.reshape({7}), ShapeError);
  EXPECT_THROW(a.reshape({Index{1} << 32, 3}), ShapeError);
  EXPECT_THROW(a.reshape({Index{1} << 32, Index{1} << 32}), ShapeError);
  EXPECT_THROW(a.reshape({Index{1} << 32, Index{1} << 32, -1}), ShapeError);
  EXPECT_THROW(a.reshape({1, 1, 1, 1, 1, 1, -1}), ShapeError);
  std::string message = message_of<ShapeError>([&] { a.reshape({2, 2}); });
  EXPECT_TRUE(contains(message, "(6)") && contains(message, "(2, 2)")) << message;
}

TEST(Views, ReshapeOfZeroSizes) {
  EXPECT_EQ(Tensor::zeros({0, 4}).reshape({4, 0}).shape(), (Shape{4, 0}));
  EXPECT_EQ(Tensor::zeros({2, 0}).transpose().reshape({0, 7, 2}).shape(), (Shape{0, 7, 2}));
  EXPECT_THROW(Tensor::zeros({0}).reshape(Shape{}), ShapeError);
}

TEST(Views, BroadcastTo) {
  Tensor a = tensor({1, 2, 3}), b = a.broadcast_to({2, 3});
  EXPECT_EQ(values(b), (Values{1, 2, 3, 1, 2, 3}));
  EXPECT_TRUE(shares(a, b));
  EXPECT_EQ(values(a.reshape({3, 1}).broadcast_to({3, 2})), (Values{1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(values(Tensor::full({}, 4).broadcast_to({2})), (Values{4, 4}));
  EXPECT_EQ(a.slice(0, 0, 1).broadcast_to({0}).numel(), 0);
  EXPECT_EQ(values(b.clone()), values(b));
  EXPECT_THROW(a.broadcast_to({2}), ShapeError);
  EXPECT_THROW(a.broadcast_to({3, 1}), ShapeError);
  EXPECT_THROW(b.broadcast_to({3}), ShapeError);
  EXPECT_THROW(a.broadcast_to({0}), ShapeError);
}

TEST(Views, Unfold) {
  Tensor a = Tensor::arange(7);
  EXPECT_EQ(values(a.unfold(0, 3, 2)), (Values{0, 1, 2, 2, 3, 4, 4, 5, 6}));
  EXPECT_EQ(a.unfold(0, 3, 3).shape(), (Shape{2, 3}));  // element 6 begins no window
  EXPECT_EQ(a.unfold(0, 7, 1).shape(), (Shape{1, 7}));
  EXPECT_EQ(a.unfold(0, 1, INT64_MAX).shape(), (Shape{1, 1}));
  EXPECT_TRUE(shares(a.unfold(0, 3, 1), a));
  Tensor c = cube().unfold(1, 2, 1);
  EXPECT_EQ(c.shape(), (Shape{2, 2, 4, 2}));
  for (Index i = 0; i < 2; ++i)
    for (Index w = 0; w < 2; ++w)
      for (Index k = 0; k < 4; ++k)
        for (Index j = 0; j < 2; ++j) EXPECT_EQ(c(i, w, k, j), cube()(i, w + j, k));
  EXPECT_EQ(values(a.slice(0, 0, 7, 2).unfold(0, 2, 1)), (Values{0, 2, 2, 4, 4, 6}));
}

TEST(Views, UnfoldOutOfRange) {
  Tensor a = Tensor::arange(7);
  EXPECT_THROW(a.unfold(0, 8, 1), RangeError);
  EXPECT_THROW(a.unfold(0, 0, 1), RangeError);
  EXPECT_THROW(a.unfold(0, 3, 0), RangeError);
  EXPECT_THROW(a.unfold(1, 1, 1), RangeError);
  EXPECT_THROW(Tensor::zeros({1, 1, 1, 1, 1, 1}).unfold(0, 1, 1), ShapeError);
}

TEST(Views, WhoseElementsShareMemoryCannotBeWritten) {
  const Tensor a = Tensor::arange(24).reshape({4, 6});
  for (Tensor view : {tensor({2}).broadcast_to({3}), a.slice(0, 0, 1).broadcast_to({2, 6}),
                      a.unfold(1, 3, 2), a.reshape({24}).unfold(0, 5, 2).transpose(),
                      a.unfold(1, 3, 1).slice(1, 0, 4, 3).slice(2, 0, 3).unfold(2, 2, 1)}) {
    EXPECT_TRUE(view.has_internal_overlap()) << view.shape();
    const Values before = values(view);
    EXPECT_THROW(view.fill(1), ArgumentError);
    EXPECT_THROW(view.copy_from(Tensor::ones({1})), ArgumentError);
    EXPECT_EQ(values(view), before);
    EXPECT_NO_THROW(view.clone().fill(1));
  }
  const Tensor windows = a.reshape({24}).unfold(0, 4, 2);  // 2 and 3 elements apart: 0 3 2 5 4 7
  for (Tensor view : {a.transpose(), a.slice(1, 0, 6, 2).transpose(), a.unfold(1, 3, 3),
                      windows.slice(0, 0, 3).slice(1, 0, 4, 3), Tensor::ones({0, 3}),
                      tensor({2}).broadcast_to({1, 1}), tensor({2}).broadcast_to({0, 1}),
                      tensor({2}).reshape(Shape())}) {
    EXPECT_FALSE(view.has_internal_overlap()) << view.shape();
    EXPECT_NO_THROW(view.fill(1));
  }
}

TEST(Views, OutliveWhatTheyWereTakenFrom) {
  Tensor column;
  {
    Tensor a = Tensor::arange(6).reshape({2, 3});
    column = a.select(1, 2);
  }
  Tensor other = Tensor::full({6}, -1);  // would reuse the block, were it free
  EXPECT_EQ(values(column), (Values{2, 5}));
}

TEST(Views, MayHaveMoreElementsThan32BitsCount) {
  const Index two32 = Index{1} << 32;
  Tensor one = Tensor::ones({1, 1}).broadcast_to({65536, 65536});
  EXPECT_EQ(one.numel(), two32);
  EXPECT_EQ(one.at(65535, 65535), 1);
  EXPECT_EQ(one.reshape({two32}).slice(0, two32 - 1, two32).item(), 1);
}

}  // namespace
}  // namespace nn::test
