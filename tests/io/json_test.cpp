#include "io/json.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "nn/core/error.hpp"

namespace {

using nn::detail::Json;

Json parse(const std::string& text) { return Json::parse(text, "text"); }

TEST(Json, IsReadAndWrittenWithoutLoss) {
  const std::string text =
      R"({"a": [1, -2.5e-7, 0.1, 123456789012345678901234567890], "b": {}, "c": [], )"
      R"("d": null, "e": [true, false], "": "\u0001 \"\\ é"})";
  EXPECT_EQ(parse(text).dump(), text);
  EXPECT_EQ(parse(" { \"a\" :\n[ 1 ,2 ] } ").dump(), R"({"a": [1, 2]})");
}

TEST(Json, ValuesAreFoundByKey) {
  const Json json =
      parse(R"({"name": "x", "size": 3, "half": 0.5, "yes": true, "all": ["p", "q"]})");
  EXPECT_EQ(json.at("name").string(), "x");
  EXPECT_EQ(json.at("size").whole_number(), 3);
  EXPECT_EQ(json.at("half").number(), 0.5);
  EXPECT_TRUE(json.at("yes").boolean());
  EXPECT_EQ(json.at("all").strings(), (std::vector<std::string>{"p", "q"}));
  EXPECT_EQ(json.find("none"), nullptr);
  EXPECT_THROW(json.at("none"), nn::DataError);
}

TEST(Json, AnotherTypeIsRefused) {
  const Json json = parse(R"({"half": 0.5})");
  EXPECT_THROW(json.at("half").whole_number(), nn::DataError);
  EXPECT_THROW(json.at("half").string(), nn::DataError);
  EXPECT_THROW(json.at("half").at("x"), nn::DataError);
  EXPECT_THROW(json.number(), nn::DataError);
  EXPECT_THROW(parse("1e999").number(), nn::DataError);
}

TEST(Json, DamagedTextIsRefused) {
  for (const char* text :
       {"",    " ",     "{",     "[1",  "[1,]",    "{\"a\"}", "{\"a\":1,}", "{\"a\":1,\"a\":2}",
        "01",  "-",     "1.",    ".5",  "1e",      "+1",      "tru",        "nan",
        "\"a", "[1] 2", "{a:1}", "'a'", "\"\\x\"", "\xff"})
    EXPECT_THROW(parse(text), nn::DataError) << text;
  EXPECT_THROW(parse(std::string(100000, '[')), nn::DataError);
}

TEST(Json, ANumberThatIsNotFiniteBecomesNull) {
  EXPECT_EQ(Json(std::numeric_limits<double>::infinity()).dump(), "null");
  EXPECT_EQ(Json(std::numeric_limits<double>::quiet_NaN()).dump(), "null");
}

}  // namespace
