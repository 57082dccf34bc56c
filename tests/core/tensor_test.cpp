#include "nn/core/tensor.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

#include "nn/core/error.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Tensor, DefaultIsEmpty) {
  Tensor t;
  EXPECT_EQ(t.shape(), Shape{0});
  EXPECT_TRUE(t.is_contiguous());
  EXPECT_FALSE(t.is_unique());
  EXPECT_EQ(t.clone().shape(), Shape{0});
  t.fill(3);
  t.copy_from(Tensor());
}

TEST(Tensor, Makers) {
  EXPECT_EQ(values(Tensor::zeros({2, 2})), (std::vector<Scalar>{0, 0, 0, 0}));
  EXPECT_EQ(values(Tensor::ones({3})), (std::vector<Scalar>{1, 1, 1}));
  EXPECT_EQ(values(Tensor::full({2}, -2)), (std::vector<Scalar>{-2, -2}));
  EXPECT_EQ(values(Tensor::arange(4)), (std::vector<Scalar>{0, 1, 2, 3}));
  EXPECT_EQ(Tensor::arange(0).shape(), Shape{0});
  EXPECT_THROW(Tensor::arange(-1), ShapeError);
  Tensor t = Tensor::from({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(t(1, 0), 4);
  EXPECT_TRUE(contains(message_of<ShapeError>([] {
                         Tensor::from({2, 2}, {1, 2, 3});
                       }),
                       "3 values"));
}

TEST(Tensor, FromLists) {
  EXPECT_EQ(tensor({1, 2, 3}).shape(), Shape{3});
  EXPECT_EQ(tensor({{1, 2, 3}, {4, 5, 6}}).shape(), (Shape{2, 3}));
  Tensor cube = tensor({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}, {{9, 10}, {11, 12}}});
  EXPECT_EQ(cube.shape(), (Shape{3, 2, 2}));
  EXPECT_EQ(values(cube), values(Tensor::from({12}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})));
  EXPECT_EQ(tensor({{1}, {2}}).shape(), (Shape{2, 1}));
  EXPECT_EQ(tensor({{1}}).shape(), (Shape{1, 1}));
  EXPECT_EQ(tensor({{{1}, {2}, {3}}}).shape(), (Shape{1, 3, 1}));
  EXPECT_EQ(values(tensor({{{1}, {2}, {3}}})), (std::vector<Scalar>{1, 2, 3}));
  EXPECT_EQ(tensor({{{{{{1, 2}}}}}}).shape(), (Shape{1, 1, 1, 1, 1, 2}));
  EXPECT_EQ(tensor({}).shape(), Shape{0});
  EXPECT_EQ(tensor({{}, {}}).shape(), (Shape{2, 0}));
  EXPECT_THROW(tensor({{{{{{{1}}}}}}}), ShapeError);  // rank 7
  EXPECT_THROW(tensor({{1}, 2}), ShapeError);
  EXPECT_THROW(tensor({{1, 2}, {3}}), ShapeError);
  EXPECT_THROW(tensor({{{1, 2}, {3, 4}}, {{5, 6}, {7}}}), ShapeError);
}

TEST(Tensor, StorageIsAligned) {
  for (Index n : {1, 3, 17, 1000})
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(Tensor({n}).data()) % 64, 0u);
}

TEST(Tensor, ZeroSizes) {
  for (const Shape& shape : {Shape{0}, Shape{0, 3}, Shape{3, 0}, Shape{2, 0, 4}}) {
    Tensor t(shape);
    EXPECT_EQ(t.numel(), 0);
    EXPECT_TRUE(t.is_contiguous());
    t.fill(1);
    t.copy_from(Tensor::ones({1}));
    EXPECT_EQ(t.clone().shape(), shape);
    EXPECT_TRUE(t.transpose(0, t.rank() - 1).is_contiguous());
    EXPECT_FALSE(may_overlap(t, t));
    EXPECT_THROW(t.item(), ShapeError);
  }
}

TEST(Tensor, RankZero) {
  Tensor t = Tensor::full({}, 5);
  EXPECT_EQ(t.numel(), 1);
  EXPECT_EQ(t.item(), 5);
  EXPECT_EQ(t(), 5);
  t.at() = 6;
  EXPECT_EQ(t.clone().item(), 6);
  EXPECT_EQ(t.reshape({1, 1})(0, 0), 6);
}

TEST(Tensor, AtAlwaysChecks) {
  Tensor t = Tensor::arange(6).reshape({2, 3});
  t.at(1, 2) = 50;
  EXPECT_EQ(std::as_const(t).at(1, 2), 50);
  EXPECT_THROW(t.at(2, 0), RangeError);
  EXPECT_THROW(t.at(0, 3), RangeError);
  EXPECT_THROW(t.at(0, -1), RangeError);
  EXPECT_THROW(t.at(0), RangeError);
  EXPECT_THROW(t.at(0, 0, 0), RangeError);
  EXPECT_THROW(t.at(), RangeError);
  EXPECT_THROW(Tensor::zeros({0}).at(0), RangeError);
  std::string message = message_of<RangeError>([&] { t.at(0, 3); });
  EXPECT_TRUE(contains(message, "3") && contains(message, "(2, 3)")) << message;
}

TEST(Tensor, Item) {
  EXPECT_EQ(Tensor::full({1, 1}, 7).item(), 7);
  EXPECT_THROW(Tensor::zeros({2}).item(), ShapeError);
  EXPECT_EQ(Tensor::arange(6).reshape({2, 3}).select(0, 1).select(0, 2).item(), 5);
}

TEST(Tensor, CopySharesCloneCopies) {
  Tensor a = Tensor::arange(3), shared = a, copy = a.clone();
  EXPECT_FALSE(a.is_unique());
  EXPECT_TRUE(copy.is_unique());
  a(1) = 10;
  EXPECT_EQ(shared(1), 10);
  EXPECT_EQ(copy(1), 1);
}

TEST(Tensor, MovedFromIsEmpty) {
  Tensor a = Tensor::arange(3), b = std::move(a);
  EXPECT_EQ(values(b), (std::vector<Scalar>{0, 1, 2}));
  EXPECT_TRUE(b.is_unique());
  EXPECT_EQ(a.shape(), Shape{0});
  EXPECT_EQ(a.numel(), 0);
  a = std::move(b);
  EXPECT_EQ(a(2), 2);
  EXPECT_EQ(b.numel(), 0);
  Tensor& same = a;
  a = std::move(same);
  EXPECT_EQ(a(2), 2);
}

TEST(Tensor, ContiguousCopiesOnlyWhereNeeded) {
  Tensor a = Tensor::arange(6).reshape({2, 3});
  EXPECT_EQ(a.contiguous().data(), a.data());
  Tensor t = a.transpose().contiguous();
  EXPECT_NE(t.data(), a.data());
  EXPECT_TRUE(t.is_contiguous());
  EXPECT_EQ(values(t), (std::vector<Scalar>{0, 3, 1, 4, 2, 5}));
  EXPECT_TRUE(a.slice(0, 1, 2).is_contiguous());  // one row: its stride does not matter
  EXPECT_FALSE(a.slice(1, 0, 2).is_contiguous());
}

TEST(Tensor, FillWritesThroughAnyView) {
  Tensor a = Tensor::zeros({3, 4});
  Tensor column = a.select(1, 2);
  column.fill(1);
  a.slice(0, 0, 3, 2).slice(1, 0, 4, 3).fill(2);
  EXPECT_EQ(values(a), (std::vector<Scalar>{2, 0, 1, 2, 0, 0, 1, 0, 2, 0, 1, 2}));
}

TEST(Tensor, CopyFromBroadcasts) {
  Tensor a = Tensor::zeros({2, 3});
  a.copy_from(tensor({1, 2, 3}));
  EXPECT_EQ(values(a), (std::vector<Scalar>{1, 2, 3, 1, 2, 3}));
  a.copy_from(tensor({{7, 7}}).slice(1, 0, 1));
  EXPECT_EQ(values(a), (std::vector<Scalar>{7, 7, 7, 7, 7, 7}));
  EXPECT_THROW(a.copy_from(Tensor::zeros({2})), ShapeError);
  EXPECT_THROW(a.copy_from(Tensor::zeros({1, 2, 3})), ShapeError);
  EXPECT_THROW(a.copy_from(Tensor::zeros({0, 3})), ShapeError);
  EXPECT_EQ(a(0, 0), 7);
}

TEST(Tensor, CopyFromAnOverlappingSource) {
  for (Index shift : {-2, -1, 0, 1, 2}) {
    Tensor a = Tensor::arange(10);
    Tensor source = a.slice(0, 2, 8), target = a.slice(0, 2 + shift, 8 + shift);
    Tensor expected = source.clone();
    target.copy_from(source);
    EXPECT_TRUE(same_bits(target, expected)) << shift;
  }
  Tensor square = Tensor::arange(9).reshape({3, 3});
  square.copy_from(square.transpose());
  EXPECT_EQ(values(square), (std::vector<Scalar>{0, 3, 6, 1, 4, 7, 2, 5, 8}));
  square.copy_from(square.slice(0, 1, 2));
  EXPECT_EQ(values(square), (std::vector<Scalar>{1, 4, 7, 1, 4, 7, 1, 4, 7}));
}

TEST(Tensor, MayOverlap) {
  Tensor a = Tensor::arange(10);
  EXPECT_TRUE(may_overlap(a.slice(0, 0, 5), a.slice(0, 4, 9)));
  EXPECT_FALSE(may_overlap(a.slice(0, 0, 5), a.slice(0, 5, 9)));
  EXPECT_FALSE(may_overlap(a, a.clone()));
  EXPECT_TRUE(may_overlap(a.slice(0, 3, 4).broadcast_to({8}), a));
}

TEST(Tensor, ScatteredHasTheSameElements) {
  for (const Shape& shape : {Shape{5}, Shape{3, 4}, Shape{2, 3, 4}}) {
    Tensor t = wave(shape), s = scattered(t);
    EXPECT_FALSE(s.is_contiguous());
    EXPECT_TRUE(same_bits(s, t));
  }
}

}  // namespace
}  // namespace nn::test
