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
