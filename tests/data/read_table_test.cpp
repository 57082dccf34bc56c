#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "io/comma_locale.hpp"
#include "io/packed.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/data/table.hpp"
#include "support/compare.hpp"

namespace {

using Numbers = std::vector<double>;
using Text = std::vector<std::string>;
constexpr auto numbers = nn::ColumnKind::numbers;
constexpr auto text = nn::ColumnKind::text;

nn::Table read(const std::string& content, const nn::TableOptions& options = {}) {
  TemporaryFolder folder;
  return nn::read_table(folder.file("t.csv", content), options);
}

/// What read_table says of a file of this content, without the folder's name.
std::string complaint(const std::string& content, const nn::TableOptions& options = {}) {
  auto message = message_of<nn::DataError>([&] { read(content, options); });
  auto name = message.find("t.csv");
  return name == std::string::npos ? message : message.substr(name);
}

void expect_table(const std::string& content, const nn::TableOptions& options = {}) {
  const auto table = read(content, options);
  EXPECT_EQ(table.columns(), (Text{"a", "b", "label"}));
  EXPECT_EQ(table.rows(), 2);
  EXPECT_EQ(table.numbers("a"), (Numbers{1.5, 3})) << content;
  EXPECT_EQ(table.numbers("b"), (Numbers{-2, 4.25})) << content;
  EXPECT_EQ(table.text("label"), (Text{"x", "y"})) << content;
}

TEST(ReadTable, EveryLineEndGivesTheSameTable) {
  expect_table(
      "\xef\xbb\xbf"
      "a,b,label\r\n1.5,-2,x\r\n3,4.25,y\r\n");
  expect_table("a,b,label\n1.5,-2,x\n3,4.25,y");
  expect_table("a,b,label\n1.5,-2,x\n3,4.25,y\n\n\n");
  expect_table("a,b,label\r\n1.5,-2,x\r\n3,4.25,y\r\n\r\n");
  expect_table("a,b,label\r1.5,-2,x\r3,4.25,y\r");
  expect_table("a,b,label\r\n1.5,-2,x\r3,4.25,y\n");
  expect_table("\"a\",\"b\",\"label\"\r\n\"1.5\", -2 ,x\n3,4.25,\"y\"");
  expect_table("a;b;label\n1.5;-2;x\n3;4.25;y\n", {.separator = ';'});
  expect_table("a b label\n1.5 -2 x\n3 4.25 y\n", {.separator = ' '});
}

TEST(ReadTable, UnpacksGzip) { expect_table(gzip_stored("a,b,label\n1.5,-2,x\n3,4.25,y\n")); }

TEST(ReadTable, AColumnIsNumbersIfEachOfItsCellsIsOneOrMissing) {
  const auto table = read("a,b,c,d,e\n1,1,,007,NA\n,x,,008,NaN\n3,,,x,?\n");
  EXPECT_FALSE(table.is_text("a"));
  EXPECT_EQ(table.text("b"), (Text{"1", "x", ""}));
  EXPECT_FALSE(table.is_text("c"));
  EXPECT_EQ(table.text("d"), (Text{"007", "008", "x"}));
  EXPECT_FALSE(table.is_text("e"));
  EXPECT_EQ(table.numbers("a")[0], 1);
  EXPECT_EQ(table.numbers("a")[2], 3);
  EXPECT_TRUE(std::isnan(table.numbers("a")[1]));
  for (const char* name : {"c", "e"})
    for (double number : table.numbers(name)) EXPECT_TRUE(std::isnan(number));
}

TEST(ReadTable, TakesTypesAsGiven) {
  const std::string content = "zip,age\n01234,7\n?, 8 \n";
  EXPECT_EQ(read(content).numbers("zip")[0], 1234);
  const auto table = read(content, {.types = {{"zip", text}, {"age", numbers}}});
  EXPECT_EQ(table.text("zip"), (Text{"01234", ""}));
  EXPECT_EQ(table.numbers("age"), (Numbers{7, 8}));
  EXPECT_EQ(complaint("zip,age\n1,x y\n", {.types = {{"age", numbers}}}),
            "t.csv:2: expected a number, got 'x y' in column 'age'");
  EXPECT_EQ(complaint(content, {.types = {{"name", text}}}),
            "t.csv: no column 'name' among: zip, age");
  EXPECT_EQ(complaint("a,a\n1,2\n", {.types = {{"a", text}}}), "t.csv: 2 columns are named 'a'");
}

TEST(ReadTable, ATextColumnTellsWhyItHoldsNoNumbers) {
  TemporaryFolder folder;
  const auto path = folder.file("t.csv", "a,b\n1,2\n2,3\n12o,4\n13,x\n");
  const auto table = nn::read_table(path);
  EXPECT_EQ(message_of<nn::DataError>([&] { table.numbers("a"); }),
            "column 'a' holds text, not numbers: " + path + ":4: expected a number, got '12o'");
}

TEST(ReadTable, MissingCellsAreThoseNamedAndEmptyOnes) {
  const std::string content = "x,y\n1,a\n-,-\n,\n NA , NA \n";
  const auto table = read(content, {.missing = {"-", "NA"}});
  EXPECT_EQ(table.text("y"), (Text{"a", "", "", ""}));
  for (std::size_t i = 1; i < 4; ++i) EXPECT_TRUE(std::isnan(table.numbers("x")[i]));
  const auto raw = read("y\na\nNA\n\n", {.missing = {}});
  EXPECT_EQ(raw.text("y"), (Text{"a", "NA"}));
}

TEST(ReadTable, TakesADecimalPointInAnyLocale) {
  CommaLocale locale;
  expect_table("a,b,label\n1.5,-2,x\n3,4.25,y\n");
}

TEST(ReadTable, KeepsDoubles) {
  const auto table = read("x\n1e-40\n4.9e-324\n-0\n3.4e38\n0.1\n0.12345678901234567\n1e-999\n");
  EXPECT_EQ(table.numbers("x"),
            (Numbers{1e-40, 4.9e-324, -0.0, 3.4e38, 0.1, 0.12345678901234567, 0}));
  EXPECT_TRUE(std::signbit(table.numbers("x")[2]));
  EXPECT_EQ(table.values()(4, 0), static_cast<nn::Scalar>(0.1));
}

TEST(ReadTable, ColumnsWithoutAHeaderAreCounted) {
  const auto table = read("1,2,x\n4,5,6\n", {.header = false});
  EXPECT_EQ(table.columns(), (Text{"1", "2", "3"}));
  EXPECT_EQ(table.numbers("1"), (Numbers{1, 4}));
  EXPECT_EQ(table.text("3"), (Text{"x", "6"}));
  EXPECT_EQ(complaint("x,y\n1,2\n", {.header = false, .types = {{"2", numbers}}}),
            "t.csv:1: expected a number, got 'y' in column '2'");
}

TEST(ReadTable, SignsAndInfinities) {
  for (const std::string word : {"inf", "infinity", "INF", "Infinity", "iNf"})
    for (const std::string sign : {"", "+", "-"})
      EXPECT_EQ(read("x\n" + sign + word + "\n").numbers("x")[0],
                sign == "-" ? -HUGE_VAL : HUGE_VAL)
          << sign << word;
  EXPECT_EQ(read("x\n+5\n+.5\n -5 \n+1e+2\n\"7\"\n").numbers("x"), (Numbers{5, 0.5, -5, 100, 7}));
  for (const char* nan : {"nan", "+nan", "-NAN", "NaN", "nan(1)"})
    EXPECT_TRUE(std::isnan(read("x\n" + std::string(nan) + "\n").numbers("x")[0])) << nan;
  for (const char* cell : {"one",  "1.5.2", "1e",    "0x1f", "--1",      "1 2",  "1e400", "\x01",
                           "1;2",  "1e999", "++5",   "+-5",  "-+5",      "+",    "-",     "- 5",
                           "infi", "inf1",  "--inf", "1inf", "0.12345x", "1.5e", "1.5-2"})
    EXPECT_EQ(read("x\n1\n" + std::string(cell) + "\n").text("x")[1], cell);
}

TEST(ReadTable, ASeparatorEndsANumber) {
  EXPECT_EQ(read("a.b\n1.5\n2.25\n", {.separator = '.'}).numbers("b"), (Numbers{5, 25}));
  EXPECT_EQ(read("a-b\n1-5\n", {.separator = '-'}).numbers("b"), (Numbers{5}));
  EXPECT_EQ(read("aeb\n1.25e55\n", {.separator = 'e'}).numbers("b"), (Numbers{55}));
  EXPECT_EQ(read("a5b\n1.2532\n", {.separator = '5'}).numbers("b"), (Numbers{32}));
}

TEST(ReadTable, ANulByteIsAnError) {
  const std::string nul(1, '\0');
  for (const std::string& content :
       {"a" + nul + ",b\n1,2\n", "a,\"" + nul + "\"\n1,2\n", nul + ",b\n1,2\n"})
    EXPECT_EQ(complaint(content).find("t.csv:1: a NUL byte"), 0u);
  for (const std::string& cell : {nul, "x" + nul, nul + "x", "\"x\"\"" + nul + "\""}) {
    const auto message = complaint("a,b\n1,2\n3," + cell + "\n");
    EXPECT_EQ(message.find("t.csv:3: a NUL byte"), 0u) << message;
  }
}

TEST(ReadTable, ABlankLineIsARowOfOneEmptyCell) {
  const auto table = read("x\n1\n\n3\n\n");
  ASSERT_EQ(table.rows(), 3);
  EXPECT_TRUE(std::isnan(table.numbers("x")[1]));
}

TEST(ReadTable, AQuoteOrALineEndCannotSeparate) {
  for (char separator : {'"', '\n', '\r'})
    EXPECT_THROW(read("a,b\n1,2\n", {.separator = separator}), nn::ArgumentError);
}

TEST(ReadTable, NamesTheLineOfARaggedRow) {
  EXPECT_EQ(complaint("a,b,c\n1,2,3\n4,5\n6,7,8\n"),
            "t.csv:3: expected 3 cells as in the first line, got 2");
  EXPECT_EQ(complaint("a,b,c\n1,2,3\n4,5,6,\n6,7,8\n"),
            "t.csv:3: expected 3 cells as in the first line, got 4");
  EXPECT_EQ(complaint("a,b\n1,2\n\n3,4\n"),
            "t.csv:3: expected 2 cells as in the first line, got 1");
  EXPECT_EQ(complaint("1,2\n3\n", {.header = false}),
            "t.csv:2: expected 2 cells as in the first line, got 1");
  for (const char* empty : {"", "\n", "\r\n\r\n", "\xef\xbb\xbf", "\xef\xbb\xbf\n"})
    EXPECT_EQ(complaint(empty), "t.csv: no data");
}

TEST(ReadTable, NamesThePath) {
  TemporaryFolder folder;
  for (auto path : {folder.path("missing.csv"), folder.path("")}) {
    auto message = message_of<nn::DataError>([&] { nn::read_table(path); });
    EXPECT_EQ(message.find(path + ": "), 0u) << message;
  }
}

TEST(ReadTable, HeaderWithoutRows) {
  const auto table = read("a,b\n");
  EXPECT_EQ(table.columns(), (Text{"a", "b"}));
  EXPECT_EQ(table.rows(), 0);
  EXPECT_EQ(table.values().shape(), nn::Shape({0, 2}));
}

TEST(ReadTable, CountsLinesInsideQuotes) {
  const nn::TableOptions options{.types = {{"c", numbers}}};
  EXPECT_EQ(complaint("\"a\n\nb\",c\n1,2\n3,x\n", options).find("t.csv:5: "), 0u);
  EXPECT_EQ(complaint("\"a\r\r\nb\",c\n1,2\n3,x\n", options).find("t.csv:5: "), 0u);
}

TEST(ReadTable, AnEmptyLineIsNoHeader) {
  EXPECT_EQ(complaint("\n\na,b\n1,2\n").find("t.csv:1: expected a header"), 0u);
}

TEST(ReadTable, WrongQuotes) {
  EXPECT_EQ(complaint("a,b\n1,\"2\n"), "t.csv:2: the quote that opens a cell is never closed");
  EXPECT_EQ(complaint("a,b\n1,\"2\"3\n"),
            "t.csv:2: expected the end of the cell after its closing quote");
  EXPECT_EQ(complaint("a,b\n1,2\"3\"\n"),
            "t.csv:2: a quote inside the cell '2\"3\"', which does not begin with one");
}

TEST(ReadTable, TruncatedAnywhereIsATableOrAnError) {
  const std::string whole = "\xef\xbb\xbf\"a\"\"x\",b\r\n\"1\",2.5\r\n-3e-1,\"4\"\r\n";
  for (std::size_t length = 0; length <= whole.size(); ++length) try {
      read(whole.substr(0, length));
    } catch (const nn::DataError& error) {
      EXPECT_NE(std::string(error.what()).find("t.csv:"), std::string::npos) << error.what();
    }
}

TEST(ReadTable, TextIsKeptAsItIs) {
  const auto table = read("setting,report\n\"a \"\"b\"\", c\",\n\" two\r \",0.975 \n x ,z\n");
  EXPECT_EQ(table.text("setting"), (Text{"a \"b\", c", " two\r ", " x "}));
  EXPECT_EQ(table.text("report"), (Text{"", "0.975 ", "z"}));
}

TEST(ReadTable, ARowTellsItsLine) {
  TemporaryFolder folder;
  const auto path = folder.file("t.csv", "a\n\"x\n\"\ny\nz\n");
  const auto table = nn::read_table(path);
  EXPECT_EQ(table.place(0), path + ":2");
  EXPECT_EQ(table.place(1), path + ":4");
  EXPECT_EQ(table.take({2}).select({"a"}).place(0), path + ":5");
}

TEST(ReadTable, RefusesTextThatIsNotUtf8) {
  TemporaryFolder folder;
  for (const char* bytes : {"a\nx\ncaf\xe9\n", "caf\xe9\nx\ny\n"}) {
    const std::string path = folder.file("t.csv", bytes);
    const std::string message = nn::test::message_of<nn::DataError>([&] { nn::read_table(path); });
    EXPECT_TRUE(message.starts_with(path + (bytes[0] == 'a' ? ":3: " : ":1: "))) << message;
  }
}

TEST(ReadTable, NamesCellsInAnyAlphabet) {
  EXPECT_EQ(complaint("a,b\n1,Größe\"\x1b\"\n"),
            "t.csv:2: a quote inside the cell 'Größe\"?\"', which does not begin with one");
  std::string cell, shown;
  for (int i = 0; i < 50; ++i) cell += "猫";
  for (int i = 0; i < 40; ++i) shown += "猫";
  EXPECT_EQ(complaint("a,b\n1," + cell + "\"\n"),
            "t.csv:2: a quote inside the cell '" + shown + "...', which does not begin with one");
}

TEST(ReadTable, ANumberMayStandForMissing) {
  TemporaryFolder folder;
  const std::string path = folder.file("t.csv", "x,t\n1,a\n-999,-999\n-9990,b\n");
  const nn::Table table = nn::read_table(path, {.missing = {"-999"}});
  EXPECT_TRUE(std::isnan(table.numbers("x")[1]));
  EXPECT_EQ(table.numbers("x")[2], -9990);
  EXPECT_EQ(table.text("t")[1], "");
}

}  // namespace
