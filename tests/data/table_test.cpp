#include "nn/data/table.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

using Numbers = std::vector<double>;
using Text = std::vector<std::string>;

Table people() {
  Table table;
  table.add("name", Text{"Ada", "Bob", ""});
  table.add("age", Numbers{36, NAN, 20});
  table.add("height", Numbers{1.7, 1.8, 1.9});
  return table;
}

TEST(Table, GivesColumnsByName) {
  const Table table = people();
  EXPECT_EQ(table.rows(), 3);
  EXPECT_EQ(table.columns(), (Text{"name", "age", "height"}));
  EXPECT_TRUE(table.is_text("name"));
  EXPECT_FALSE(table.is_text("age"));
  EXPECT_TRUE(table.has("age"));
  EXPECT_FALSE(table.has("Age"));
  EXPECT_EQ(table.text("name"), (Text{"Ada", "Bob", ""}));
  EXPECT_EQ(table.numbers("height"), (Numbers{1.7, 1.8, 1.9}));
  EXPECT_EQ(Table().rows(), 0);
  EXPECT_TRUE(Table().columns().empty());
}

TEST(Table, AWrongColumnIsAnErrorThatTellsWhichThereAre) {
  const Table table = people();
  EXPECT_EQ(test::message_of<DataError>([&] { (void)table.numbers("weight"); }),
            "no column 'weight' among: name, age, height");
  EXPECT_THROW((void)table.numbers("name"), DataError);
  EXPECT_THROW((void)table.text("age"), DataError);
  EXPECT_THROW((void)table.is_text(""), DataError);
  EXPECT_THROW((void)table.select({"age", "weight"}), DataError);
  EXPECT_THROW((void)table.without({"weight"}), DataError);
  EXPECT_THROW((void)table.values({"name"}), DataError);
  EXPECT_THROW((void)table.values(), DataError);
}

TEST(Table, ANameOfTwoColumnsTellsNone) {
  Table table = people();
  table.add("age", Numbers{1, 2, 3});
  EXPECT_EQ(test::message_of<DataError>([&] { (void)table.numbers("age"); }),
            "2 columns are named 'age'");
  EXPECT_THROW((void)table.without({"age"}), DataError);
  EXPECT_EQ(table.numbers("height")[0], 1.7);
  EXPECT_EQ(table.take({0}).select({"height"}).values().item(), static_cast<Scalar>(1.7));
  Table numbers;
  for (double x : {1, 2}) numbers.add("x", Numbers{x});
  EXPECT_TRUE(same_bits(numbers.values(), tensor({{1, 2}})));
}

TEST(Table, SelectsColumnsAndRows) {
  const Table table = people();
  EXPECT_EQ(table.select({"height", "name"}).columns(), (Text{"height", "name"}));
  EXPECT_EQ(table.without({"name", "height"}).columns(), (Text{"age"}));
  const Table taken = table.take({2, 0, 2});
  EXPECT_EQ(taken.rows(), 3);
  EXPECT_EQ(taken.text("name"), (Text{"", "Ada", ""}));
  EXPECT_EQ(taken.numbers("height"), (Numbers{1.9, 1.7, 1.9}));
  EXPECT_EQ(table.take({}).rows(), 0);
  EXPECT_EQ(table.take({}).columns().size(), 3u);
  EXPECT_THROW((void)table.take({3}), RangeError);
  EXPECT_THROW((void)table.take({0, -1}), RangeError);
  EXPECT_EQ(table.place(2), "row 2");
}

TEST(Table, GivesNumbersAsATensor) {
  const Table table = people();
  const Tensor x = table.values({"height", "age"});
  ASSERT_EQ(x.shape(), Shape({3, 2}));
  EXPECT_EQ(x(0, 0), static_cast<Scalar>(1.7));
  EXPECT_EQ(x(2, 1), 20);
  EXPECT_TRUE(std::isnan(x(1, 1)));
  EXPECT_EQ(table.without({"name"}).values().shape(), Shape({3, 2}));
  Table large;
  large.add("x", Numbers{1, 1e300, HUGE_VAL});
  if constexpr (!is_double) {
    EXPECT_THROW((void)large.values(), RangeError);
  }
  EXPECT_EQ(large.take({2}).values()(0, 0), HUGE_VAL);
}

TEST(Table, RefusesAColumnOfAnotherLength) {
  Table table = people();
  EXPECT_THROW(table.add("x", Numbers{1}), ShapeError);
  EXPECT_THROW(table.add("x", Text{}), ShapeError);
  EXPECT_EQ(table.columns().size(), 3u);
}

TEST(Table, ErrorsNameTheFile) {
  TemporaryFolder folder;
  const auto path = folder.file("t.csv", "a,b\n1,2\n");
  EXPECT_EQ(test::message_of<DataError>([&] { (void)read_table(path).numbers("c"); }),
            path + ": no column 'c' among: a, b");
}

}  // namespace
}  // namespace nn::test
