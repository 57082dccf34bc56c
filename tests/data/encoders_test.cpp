#include "nn/data/encoders.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/data/table.hpp"
#include "support/golden.hpp"

namespace nn::test { namespace {

using Numbers = std::vector<double>;
using Text = std::vector<std::string>;

Table golden_table() { return read_table(std::string(NN_TEST_GOLDEN) + "/pipeline_train.csv"); }

TEST(LabelEncoder, EqualsScikitLearn) {
  const Table table = golden_table();
  const auto expected = golden("pipeline.txt", "labels");
  LabelEncoder encoder;
  encoder.fit(table.text("class"));
  EXPECT_EQ(encoder.classes(), (Text{"C", "a", "b"}));
  const Tensor y = encoder.transform(table.text("class"));
  EXPECT_TRUE(same_bits(y, expected["y"]));
  EXPECT_EQ(encoder.inverse_transform(y), table.text("class"));
  Numbers counts = table.numbers("count");
  std::erase_if(counts, [](double x) { return std::isnan(x); });
  encoder.fit(counts);
  EXPECT_TRUE(same_bits(encoder.transform(counts), expected["count"]));
}

TEST(LabelEncoder, SortsNumbersBySize) {
  LabelEncoder encoder;
  encoder.fit(Numbers{10, 9, 0.5, -1, 9});
  EXPECT_EQ(encoder.classes(), (Text{"-1", "0.5", "9", "10"}));
  EXPECT_TRUE(same_bits(encoder.transform(Numbers{10, -1}), tensor({3, 0})));
  EXPECT_EQ(encoder.inverse_transform(tensor({1, 2})), (Text{"0.5", "9"}));
  encoder.fit(Numbers{0.0, -0.0});
  EXPECT_EQ(encoder.classes(), (Text{"0"}));
}

TEST(LabelEncoder, KeepsAGivenOrder) {
  const LabelEncoder encoder(Text{"low", "high"});
  EXPECT_TRUE(same_bits(encoder.transform(Text{"high", "low"}), tensor({1, 0})));
  EXPECT_EQ(encoder.find("high"), Index{1});
  EXPECT_FALSE(encoder.find("middle").has_value());
  EXPECT_THROW(LabelEncoder(Text{"a", "b", "a"}), ArgumentError);
  EXPECT_THROW(LabelEncoder(Text{"a", ""}), ArgumentError);
}

TEST(LabelEncoder, NamesTheRowOfAWrongLabel) {
  LabelEncoder encoder;
  encoder.fit(Text{"b", "a"});
  EXPECT_EQ(test::message_of<RangeError>([&] {
              encoder.transform(Text{"a", "c"});
            }),
            "row 1: 'c' is not one of 'a', 'b'");
  EXPECT_THROW(encoder.transform(Text{""}), RangeError);
  EXPECT_THROW(encoder.transform(Numbers{1}), RangeError);
  EXPECT_THROW(encoder.transform(Numbers{NAN}), RangeError);
  EXPECT_THROW(encoder.fit(Text{"a", ""}), RangeError);
  EXPECT_THROW(encoder.fit(Numbers{1, NAN}), RangeError);
  EXPECT_THROW(encoder.fit(Text{}), ArgumentError);
  EXPECT_EQ(encoder.classes(), (Text{"a", "b"}));
  for (double wrong : {2.0, -1.0, 0.5, double(NAN)})
    EXPECT_THROW(encoder.inverse_transform(tensor({0, wrong})), RangeError);
  EXPECT_THROW(encoder.inverse_transform(Tensor::zeros({2, 1})), ShapeError);
  EXPECT_EQ(encoder.transform(Text{}).shape(), Shape({0}));
  EXPECT_THROW(LabelEncoder().transform(Text{"a"}), ArgumentError);
  EXPECT_THROW(LabelEncoder().inverse_transform(tensor({0})), ArgumentError);
}

TEST(OneHotEncoder, IsOneInTheColumnOfTheCategory) {
  OneHotEncoder encoder;
  encoder.fit({"red", "blue", "red"});
  EXPECT_EQ(encoder.categories(), (Text{"blue", "red"}));
  const Tensor x = encoder.transform({"red", "blue"});
  EXPECT_TRUE(same_bits(x, tensor({{0, 1}, {1, 0}})));
  EXPECT_EQ(encoder.inverse_transform(x), (Text{"red", "blue"}));
  EXPECT_EQ(encoder.inverse_transform(tensor({{0.2, 0.8}, {-1, -2}})), (Text{"red", "blue"}));
  EXPECT_THROW(encoder.inverse_transform(tensor({0, 1})), ShapeError);
  EXPECT_THROW(OneHotEncoder().transform({"red"}), ArgumentError);
}

TEST(OneHotEncoder, AnUnknownCategoryIsAnErrorOrOther) {
  OneHotEncoder strict, lenient(Unknown::other);
  strict.fit({"red", "blue"});
  lenient.fit({"red", "blue"});
  EXPECT_EQ(test::message_of<RangeError>([&] {
              strict.transform({"red", "pink"});
            }),
            "row 1: 'pink' is not one of 'blue', 'red'");
  const Tensor x = lenient.transform({"red", "pink"});
  EXPECT_TRUE(same_bits(x, tensor({{0, 1}, {0, 0}})));
  EXPECT_EQ(lenient.inverse_transform(x), (Text{"red", ""}));
  EXPECT_THROW(lenient.transform({""}), RangeError);  // a hole is no category
  EXPECT_THROW(lenient.fit({"red", ""}), RangeError);
}

TEST(SimpleImputer, EqualsScikitLearn) {
  const Table table = golden_table();
  const auto expected = golden("pipeline.txt", "fills");
  const Text columns{"weight", "date", "count", "level"};
  for (auto [how, key] : {std::pair{Impute::mean, "mean"},
                          {Impute::median, "median"},
                          {Impute::most_frequent, "most_frequent"}})
    for (std::size_t i = 0; i < columns.size(); ++i) {
      SimpleImputer imputer(how);
      imputer.fit(table.numbers(columns[i]));
      const double fill = expected.numbers(key)[i];
      EXPECT_NEAR(*imputer.number(), fill, 1e-12 * fill) << key << columns[i];
    }
}

TEST(SimpleImputer, FillsHoles) {
  SimpleImputer imputer(Impute::median);
  imputer.fit(Numbers{4, NAN, 1, 2, 100});
  EXPECT_EQ(imputer.transform(Numbers{NAN, 7}), (Numbers{3, 7}));
  imputer = SimpleImputer(Impute::most_frequent);
  imputer.fit(Numbers{5, 3, NAN, 5, 3, NAN, NAN, 1});
  EXPECT_EQ(imputer.transform(Numbers{NAN}), (Numbers{3}));
  imputer.fit(Text{"b", "", "", "a", "b", "a", "c"});
  EXPECT_EQ(imputer.transform(Text{"", "c"}), (Text{"a", "c"}));
  EXPECT_EQ(imputer.text(), "a");
  EXPECT_FALSE(imputer.number().has_value());
}

TEST(SimpleImputer, RefusesWhatItCannotLearnFrom) {
  SimpleImputer imputer(Impute::mean);
  imputer.fit(Numbers{1, 3});
  EXPECT_THROW(imputer.fit(Numbers{}), ArgumentError);
  EXPECT_THROW(imputer.fit(Numbers{NAN, NAN}), ArgumentError);
  EXPECT_THROW(imputer.fit(Numbers{1, HUGE_VAL}), ArgumentError);
  EXPECT_THROW(imputer.fit(Numbers{1e308, 1.7e308, 1.7e308, -1.7e308}), ArgumentError);
  EXPECT_THROW(imputer.fit(Text{"a"}), ArgumentError);
  EXPECT_EQ(*imputer.number(), 2);
  EXPECT_THROW(imputer.transform(Text{"a"}), ArgumentError);
  EXPECT_THROW(SimpleImputer().transform(Numbers{1}), ArgumentError);
  SimpleImputer text(Impute::most_frequent);
  EXPECT_THROW(text.fit(Text{"", ""}), ArgumentError);
  EXPECT_THROW(text.transform(Text{""}), ArgumentError);
}

}  // namespace
}  // namespace nn::test
