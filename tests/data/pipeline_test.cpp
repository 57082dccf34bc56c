#include "nn/data/pipeline.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "support/golden.hpp"

namespace nn::test { namespace {

using Numbers = std::vector<double>;
using Text = std::vector<std::string>;

Table golden_table(const std::string& part) {
  return read_table(std::string(NN_TEST_GOLDEN) + "/pipeline_" + part + ".csv");
}

/// Ages 20, ?, 40 and names of cities.
Table small() {
  Table table;
  table.add("age", Numbers{20, NAN, 40});
  table.add("city", Text{"Rome", "Oslo", "Rome"});
  table.add("income", Numbers{1, 2, 3});
  return table;
}

Table one_row(double age, const std::string& city) {
  Table table;
  table.add("city", Text{city});
  table.add("age", Numbers{age});
  return table;
}

Pipeline small_pipeline(Unknown unknown = Unknown::error) {
  Pipeline pipeline;
  pipeline.impute({"age"}, Impute::mean).scale({"age"}, Scale::min_max).one_hot({"city"}, unknown);
  pipeline.fit(small());
  return pipeline;
}

void expect_golden(const std::string& name, Pipeline pipeline) {
  const auto expected = golden("pipeline.txt", name);
  const Table train = golden_table("train"), test = golden_table("test");
  pipeline.fit(train);
  EXPECT_TRUE(close(pipeline.transform(train), expected["train"], golden_tolerance)) << name;
  EXPECT_TRUE(close(pipeline.transform(test), expected["test"], golden_tolerance)) << name;
  const Pipeline again = Pipeline::from_json(pipeline.to_json());
  EXPECT_TRUE(same_bits(again.transform(test), pipeline.transform(test))) << name;
}

TEST(Pipeline, EqualsScikitLearn) {
  const Table train = golden_table("train").without({"class"});
  expect_golden("standard", Pipeline::automatic(train, Unknown::other));
  const Text numbers{"weight", "date", "count", "level"}, text{"colour", "shape"};
  Pipeline in_order;
  in_order.keep({"weight"}).one_hot({"colour"}).keep({"date", "count"}).one_hot({"shape"});
  Pipeline min_max = in_order, most_frequent = in_order;
  min_max.scale(numbers, Scale::min_max)
      .impute(numbers, Impute::mean)
      .impute(text, Impute::most_frequent)
      .one_hot(text, Unknown::other);
  expect_golden("min_max", min_max);
  most_frequent.impute(train.columns(), Impute::most_frequent)
      .scale(numbers)
      .one_hot(text, Unknown::other);
  expect_golden("most_frequent", most_frequent);
}

TEST(Pipeline, MakesFeaturesOfColumns) {
  const Pipeline pipeline = small_pipeline();
  EXPECT_EQ(pipeline.features(), (Text{"age", "city=Oslo", "city=Rome"}));
  EXPECT_TRUE(same_bits(pipeline.transform(small()), tensor({{0, 0, 1}, {0.5, 1, 0}, {1, 0, 1}})));
  EXPECT_TRUE(same_bits(pipeline.transform(one_row(60, "Oslo")), tensor({{2, 1, 0}})));
  EXPECT_EQ(pipeline.transform(small().take({})).shape(), Shape({0, 3}));
}

TEST(Pipeline, KeepsNumbersAsTheyAre) {
  Pipeline pipeline;
  pipeline.keep({"income"}).impute({"age"}, Impute::median);
  pipeline.fit(small());
  EXPECT_TRUE(same_bits(pipeline.transform(small()), tensor({{1, 20}, {2, 30}, {3, 40}})));
}

TEST(Pipeline, ScalesInDouble) {
  Table table;
  table.add("time", Numbers{1.7e9, 1.7e9 + 1, 1.7e9 + 2});
  Pipeline pipeline;
  pipeline.scale({"time"}, Scale::min_max);
  pipeline.fit(table);
  EXPECT_TRUE(same_bits(pipeline.transform(table), tensor({{0}, {0.5}, {1}})));
}

TEST(Pipeline, AutomaticFollowsTheKinds) {
  const auto inputs = Pipeline::automatic(small()).expects();
  ASSERT_EQ(inputs.size(), 3u);
  EXPECT_EQ(inputs[1].name, "city");
  EXPECT_EQ(inputs[1].kind, ColumnKind::text);
  EXPECT_EQ(inputs[2].kind, ColumnKind::numbers);
}

TEST(Pipeline, TellsWhatItExpects) {
  const auto inputs = small_pipeline().expects();
  ASSERT_EQ(inputs.size(), 2u);
  EXPECT_EQ(inputs[0].name, "age");
  EXPECT_EQ(inputs[0].kind, ColumnKind::numbers);
  EXPECT_TRUE(inputs[0].categories.empty());
  EXPECT_EQ(inputs[1].categories, (Text{"Oslo", "Rome"}));
}

TEST(Pipeline, ItsTypesReadAFileAsItExpects) {
  TemporaryFolder folder;
  const auto path = folder.file("t.csv", "city,age\nx,1\n007,2\n");
  Pipeline pipeline;
  pipeline.one_hot({"city"}).keep({"age"});
  pipeline.fit(read_table(path));
  const auto new_path = folder.file("new.csv", "age,city,more\n5,007,z\n");
  const Table table = read_table(new_path, {.types = pipeline.types()});
  EXPECT_TRUE(same_bits(pipeline.transform(table), tensor({{1, 0, 5}})));
  EXPECT_THROW(pipeline.transform(read_table(new_path)), DataError);
}

TEST(Pipeline, AColumnOfHolesIsOfEitherKind) {
  TemporaryFolder folder;
  Pipeline pipeline = Pipeline::automatic(small());
  pipeline.fit(small());
  const Table table = read_table(folder.file("t.csv", "age,city,income\n,,\n"));
  const Tensor x = pipeline.transform(table);
  EXPECT_EQ(x(0, 0), 0);
  EXPECT_EQ(x(0, 2), 1);  // Rome
}

TEST(Pipeline, ErrorsTellTheColumnAndTheLine) {
  TemporaryFolder folder;
  const Pipeline pipeline = small_pipeline();
  const auto complaint = [&](const std::string& content) {
    const auto table = read_table(folder.file("t.csv", content));
    auto message = test::message_of<DataError>([&] { pipeline.transform(table); });
    return message.substr(message.find("t.csv"));
  };
  EXPECT_EQ(complaint("city\nRome\n"), "t.csv: no column 'age' among: city");
  EXPECT_EQ(complaint("city,age\nRome,1\nOslo,x\n"), "t.csv:3: expected a number, got 'x'");
  EXPECT_EQ(complaint("city,age\nRome,1\nBonn,2\n"),
            "t.csv:3: column 'city': 'Bonn' is not one of 'Oslo', 'Rome'");
  EXPECT_EQ(complaint("city,age\nRome,1\n,2\n").find("t.csv:3: column 'city'"), 0u);
  EXPECT_EQ(complaint("city,age\nRome,inf\n").find("t.csv:2: column 'age'"), 0u);
  EXPECT_THROW(pipeline.transform(one_row(1e308 * 10, "Rome")), DataError);
  EXPECT_TRUE(same_bits(small_pipeline(Unknown::other).transform(one_row(20, "Bonn")),
                        tensor({{0, 0, 0}})));
}

TEST(Pipeline, AHoleThatNoStepFillsIsAnError) {
  Pipeline numbers, text;
  numbers.scale({"age"});
  EXPECT_EQ(test::message_of<DataError>([&] { numbers.fit(small()); }).find("row 1: column 'age'"),
            0u);
  Table table;
  table.add("city", Text{"Rome", ""});
  text.one_hot({"city"});
  EXPECT_THROW(text.fit(table), DataError);
}

TEST(Pipeline, AFailedFitChangesNothing) {
  Pipeline pipeline = small_pipeline();
  const Tensor before = pipeline.transform(small());
  Table other = one_row(1, "Paris");
  EXPECT_THROW(pipeline.fit(other.without({"city"})), DataError);
  EXPECT_THROW(pipeline.fit(other.take({})), DataError);
  EXPECT_THROW(pipeline.fit(one_row(HUGE_VAL, "Rome")), DataError);
  EXPECT_THROW(pipeline.fit(one_row(NAN, "Rome")), DataError);
  EXPECT_TRUE(same_bits(pipeline.transform(small()), before));
  pipeline.fit(other);
  EXPECT_EQ(pipeline.features(), (Text{"age", "city=Paris"}));
}

TEST(Pipeline, MustBeFitted) {
  Pipeline pipeline = Pipeline::automatic(small());
  EXPECT_FALSE(pipeline.is_fitted());
  EXPECT_THROW(pipeline.transform(small()), ArgumentError);
  EXPECT_THROW(pipeline.features(), ArgumentError);
  EXPECT_THROW(pipeline.to_json(), ArgumentError);
  EXPECT_THROW(Pipeline().fit(small()), ArgumentError);
  pipeline.fit(small());
  EXPECT_TRUE(pipeline.is_fitted());
  pipeline.scale({"income"}, Scale::min_max);
  EXPECT_THROW(pipeline.transform(small()), ArgumentError);
}

TEST(Pipeline, RefusesStepsThatContradict) {
  Pipeline pipeline;
  pipeline.one_hot({"a"}).scale({"b"}).impute({"c"}, Impute::mean);
  EXPECT_THROW(pipeline.scale({"x", "a"}), ArgumentError);
  EXPECT_THROW(pipeline.one_hot({"b"}), ArgumentError);
  EXPECT_THROW(pipeline.one_hot({"c"}), ArgumentError);
  EXPECT_THROW(pipeline.impute({"a"}, Impute::median), ArgumentError);
  EXPECT_EQ(pipeline.expects().size(), 3u);
}

TEST(Pipeline, IsReadBackFromJson) {
  Pipeline pipeline = small_pipeline(Unknown::other);
  Pipeline again = Pipeline::from_json(pipeline.to_json());
  EXPECT_TRUE(again.is_fitted());
  EXPECT_EQ(again.to_json(), pipeline.to_json());
  EXPECT_EQ(again.features(), pipeline.features());
  const Table row = one_row(1 / 3.0, "Bonn");
  EXPECT_TRUE(same_bits(again.transform(row), pipeline.transform(row)));
  again.fit(one_row(5, "Rome"));  // with the same steps
  EXPECT_EQ(again.features(), (Text{"age", "city=Rome"}));
}

TEST(Pipeline, TextThatIsNotUtf8CannotBeSaved) {
  Pipeline pipeline;
  pipeline.one_hot({"city"});
  pipeline.fit(one_row(1, "K\xf6ln"));
  EXPECT_THROW(pipeline.to_json(), DataError);
}

TEST(Pipeline, DamagedJsonIsAnError) {
  const std::string whole = small_pipeline().to_json();
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_THROW(Pipeline::from_json(whole.substr(0, length)), DataError) << length;
  const auto with = [](const std::string& columns, const char* version = "1") {
    return "{\"version\": " + std::string(version) + ", \"columns\": [" + columns + "]}";
  };
  EXPECT_NO_THROW(Pipeline::from_json(with(R"({"name": "a"})")));
  EXPECT_THROW(Pipeline::from_json(with(R"({"name": "a"})", "2")), DataError);
  for (const char* column :
       {R"()",
        R"({})",
        R"(1)",
        R"({"name": 1})",
        R"({"name": "a"}, {"name": "a"})",
        R"({"name": "a", "more": 1})",
        R"({"name": "a", "fill": 1})",
        R"({"name": "a", "impute": "mean"})",
        R"({"name": "a", "impute": "max", "fill": 1})",
        R"({"name": "a", "impute": "mean", "fill": "x"})",
        R"({"name": "a", "impute": "mean", "fill": 1e999})",
        R"({"name": "a", "scale": "standard", "shift": 0, "divisor": 0})",
        R"({"name": "a", "scale": "standard", "shift": 0, "divisor": -1})",
        R"({"name": "a", "scale": "standard", "divisor": 1})",
        R"({"name": "a", "scale": 1, "shift": 0, "divisor": 1})",
        R"({"name": "a", "categories": [], "unknown": "error"})",
        R"({"name": "a", "categories": ["x", "x"], "unknown": "error"})",
        R"({"name": "a", "categories": ["x", ""], "unknown": "error"})",
        R"({"name": "a", "categories": ["x"], "unknown": "never"})",
        R"({"name": "a", "categories": ["x"]})",
        R"({"name": "a", "categories": 1})",
        R"({"name": "a", "categories": ["x"], "unknown": "error", "scale": "standard"})",
        R"({"name": "a", "categories": ["x"], "unknown": "error", "impute": "mean", "fill": 1})"})
    EXPECT_THROW(Pipeline::from_json(with(column)), DataError) << column;
}

}  // namespace
}  // namespace nn::test
