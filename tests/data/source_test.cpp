#include "nn/data/source.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/data/batches.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(DatasetSource, ReadsRowsInTheirOrder) {
  const Dataset data{wave({7, 3}), wave({7, 2}, 1)};
  DatasetSource source(data);
  EXPECT_EQ(source.size(), 7);
  const std::vector<Index> rows{6, 0, 3};
  Dataset batch;
  source.read(rows, 0, batch);
  EXPECT_TRUE(same_bits(batch.x, take(data.x, rows)));
  EXPECT_TRUE(same_bits(batch.y, take(data.y, rows)));
  EXPECT_THROW(source.read(std::vector<Index>{7}, 0, batch), RangeError);
  EXPECT_THROW(DatasetSource({wave({4, 2}), wave({3, 2})}), ShapeError);
}

TEST(AugmentedSource, ChangesWhatAnotherReadsByItsIteration) {
  const Dataset data{wave({6, 5, 5}), wave({6, 2})};
  const Augmentation options{.shift = 1, .noise = 0.1, .mixup = 0.5};
  DatasetSource plain(data);
  AugmentedSource source(plain, options, 7);
  EXPECT_EQ(source.size(), 6);
  const std::vector<Index> rows{4, 1, 5};
  Dataset batch;
  for (Index iteration : {3, 0, 3}) {
    source.read(rows, iteration, batch);
    const Dataset expected = augment(take(data, rows), options,
                                     {.seed = 7, .step = static_cast<std::uint64_t>(iteration)});
    EXPECT_TRUE(same_bits(batch.x, expected.x));
    EXPECT_TRUE(same_bits(batch.y, expected.y));
  }
}

/// A source that overrides nothing it need not.
class Reversed : public ExampleSource {
 public:
  Index size() const override { return 6; }
  void read(std::span<const Index> rows, Index, Dataset& out) override {
    const std::vector<Index> reversed(rows.rbegin(), rows.rend());
    out = take(Dataset{wave({6, 2}), wave({6, 1})}, reversed);
  }
};

void expect_parts_of_the_whole(ExampleSource& source) {
  const std::vector<Index> rows{4, 1, 5, 0, 2};
  Dataset whole, part;
  source.read(rows, 3, whole);
  for (auto [begin, end] : {std::pair<Index, Index>{0, 5}, {0, 2}, {2, 3}, {3, 5}}) {
    source.read_part(rows, begin, end, 3, part);
    EXPECT_TRUE(same_bits(part.x, whole.x.slice(0, begin, end)));
    EXPECT_TRUE(same_bits(part.y, whole.y.slice(0, begin, end)));
  }
}

TEST(ExampleSource, APartIsThatOfTheWholeBatch) {
  Reversed reversed;
  DatasetSource plain({wave({6, 5, 5}), wave({6, 2})});
  AugmentedSource moved(plain, {.shift = 1, .elastic_alpha = 3, .noise = 0.1}, 7);
  AugmentedSource mixed(plain, {.mixup = 0.5}, 7);
  for (ExampleSource* source :
       {static_cast<ExampleSource*>(&reversed), static_cast<ExampleSource*>(&plain),
        static_cast<ExampleSource*>(&moved), static_cast<ExampleSource*>(&mixed)})
    expect_parts_of_the_whole(*source);
}

TEST(BatchOrder, SkippingIsAsIfTheBatchesHadBeenTaken) {
  for (bool shuffle : {false, true})
    for (bool drop_last : {false, true})
      for (Index skipped : {0, 1, 2, 3, 4, 7, 11, 12}) {
        Rng rng(5), other(5);
        BatchOrder taken(10, 3, rng, shuffle, drop_last), order(10, 3, other, shuffle, drop_last);
        EXPECT_EQ(order.batches_per_epoch(), drop_last ? 3 : 4);
        for (Index i = 0; i < skipped; ++i) taken.next();
        order.skip(skipped);
        EXPECT_EQ(order.at_epoch_end(), taken.at_epoch_end());
        for (int i = 0; i < 9; ++i) {
          const auto got = order.next(), expected = taken.next();
          EXPECT_TRUE(std::equal(got.begin(), got.end(), expected.begin(), expected.end()));
        }
        EXPECT_EQ(rng.next_u32(), other.next_u32());
      }
}

}  // namespace
}  // namespace nn::test
