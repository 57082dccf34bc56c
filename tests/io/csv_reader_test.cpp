#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "io/comma_locale.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/io/csv.hpp"

namespace {

std::vector<nn::Scalar> values_of(const nn::CsvTable& table) {
  return {table.values.data(), table.values.data() + table.values.numel()};
}

/// What read_csv says of a file of this content, without the folder's name.
std::string complaint(const std::string& content, const nn::CsvOptions& options = {}) {
  TemporaryFolder folder;
  auto path = folder.file("t.csv", content);
  auto message = message_of<nn::DataError>([&] { nn::read_csv(path, options); });
  auto name = message.find("t.csv");
  return name == std::string::npos ? message : message.substr(name);
}

void expect_table(const std::string& content) {
  TemporaryFolder folder;
  auto table = nn::read_csv(folder.file("t.csv", content));
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b", "label"}));
  EXPECT_EQ(table.values.shape(), nn::Shape({2, 3}));
  EXPECT_EQ(values_of(table), (std::vector<nn::Scalar>{1.5, -2, 0, 3, 4.25, 1}));
  EXPECT_EQ(table.column("a"), 0);
  EXPECT_EQ(table.column("label"), 2);
}

TEST(ReadCsv, EveryLineEndGivesTheSameTable) {
  expect_table(
      "\xef\xbb\xbf"
      "a,b,label\r\n1.5,-2,0\r\n3,4.25,1\r\n");
  expect_table("a,b,label\n1.5,-2,0\n3,4.25,1");
  expect_table("a,b,label\n1.5,-2,0\n3,4.25,1\n\n\n");
  expect_table("a,b,label\r\n1.5,-2,0\r\n3,4.25,1\r\n\r\n");
  expect_table("a,b,label\r1.5,-2,0\r3,4.25,1\r");
  expect_table("a,b,label\r\n1.5,-2,0\r3,4.25,1\n");
  expect_table("\"a\",\"b\",\"label\"\r\n\"1.5\", -2 ,0\n3,4.25,1");
}

TEST(ReadCsv, AnUnknownColumnIsAnError) {
  TemporaryFolder folder;
  auto table = nn::read_csv(folder.file("t.csv", "a,b\n1,2\n"));
  auto message = message_of<nn::DataError>([&] { table.column("c"); });
  EXPECT_EQ(message, "no column 'c' among: a, b");
}

TEST(ReadCsv, ANameOfTwoColumnsTellsNone) {
  TemporaryFolder folder;
  const std::pair<std::string, std::string> cases[] = {
      {"a,b,a\n1,2,3\n", "a"},  {"a,\"a\",b\n1,2,3\n", "a"},        {"a,,\n1,2,3\n", ""},
      {",\"\",a\n1,2,3\n", ""}, {"a,\"x,\",\"x,\"\n1,2,3\n", "x,"}, {"a,a,a\n1,2,3\n", "a"}};
  for (const auto& [content, name] : cases) {
    auto path = folder.file("t.csv", content);
    const auto table = nn::read_csv(path);
    const auto text = nn::read_csv_text(path);
    EXPECT_EQ(values_of(table), (std::vector<nn::Scalar>{1, 2, 3}));
    EXPECT_EQ(text.rows[0], (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_EQ(table.columns, text.columns);
    EXPECT_THROW(table.column(name), nn::DataError) << content;
    EXPECT_THROW(text.column(name), nn::DataError) << content;
    EXPECT_THROW(text.cell(0, name), nn::DataError) << content;
  }
  auto table = nn::read_csv(folder.file("t.csv", "a,b,a\n1,2,3\n"));
  EXPECT_EQ(message_of<nn::DataError>([&] { table.column("a"); }),
            "2 columns are named 'a'; only their positions tell them apart");
  EXPECT_EQ(table.column("b"), 1);
  // These differ: a blank, the case of a letter. One empty name is a name.
  table = nn::read_csv(folder.file("t.csv", "a, a,A,\n1,2,3,4\n"));
  EXPECT_EQ(table.column("a"), 0);
  EXPECT_EQ(table.column(" a"), 1);
  EXPECT_EQ(table.column("A"), 2);
  EXPECT_EQ(table.column(""), 3);
}

TEST(ReadCsv, TakesADecimalPointInAnyLocale) {
  CommaLocale locale;
  expect_table("a,b,label\n1.5,-2,0\n3,4.25,1\n");
  std::string zeros(1500, '\n');
  EXPECT_EQ(complaint("a,b\n\"" + zeros + "\",1\n1\n"),
            "t.csv:2: expected a number (" +
                std::string(sizeof(nn::Scalar) == 4 ? "float" : "double") +
                "), got '????????????????????????????????????????...' in column 'a'");
}

TEST(ReadCsv, KeepsSubnormalNumbers) {
  TemporaryFolder folder;
  auto table = nn::read_csv(folder.file("t.csv", "x\n1e-40\n4.9e-324\n-0\n3.4e38\n"));
  ASSERT_EQ(table.values.shape(), nn::Shape({4, 1}));
  if constexpr (sizeof(nn::Scalar) == 4) {
    EXPECT_EQ(std::bit_cast<std::uint32_t>(static_cast<float>(table.values(0, 0))), 0x000116c2u);
    EXPECT_EQ(table.values(1, 0), 0);
  } else {
    EXPECT_EQ(table.values(0, 0), static_cast<nn::Scalar>(1e-40L));
    EXPECT_GT(table.values(1, 0), 0);
  }
  EXPECT_TRUE(std::signbit(table.values(2, 0)));
  EXPECT_EQ(table.values(3, 0), static_cast<nn::Scalar>(3.4e38));
}

TEST(ReadCsv, MissingValuesAreNan) {
  const std::string content = "x,y\n1,2\n?,3\n,4\nNaN,5\n";
  EXPECT_EQ(complaint(content), "t.csv:3: missing value '?' in column 'x'");
  EXPECT_EQ(complaint("x,y\n1,2\n,4\n"), "t.csv:3: missing value '' in column 'x'");
  EXPECT_EQ(complaint("x,y\n1,nan\n"), "t.csv:2: missing value 'nan' in column 'y'");
  for (const char* nan : {"nan(1)", "-nan", "-NaN(x)"})
    EXPECT_EQ(complaint("x\n1\n" + std::string(nan) + "\n"),
              "t.csv:3: missing value '" + std::string(nan) + "' in column 'x'");
  TemporaryFolder folder;
  auto table = nn::read_csv(folder.file("t.csv", content), {.missing_as_nan = true});
  ASSERT_EQ(table.values.shape(), nn::Shape({4, 2}));
  EXPECT_EQ(table.values(0, 0), 1);
  for (int row = 1; row < 4; ++row) EXPECT_TRUE(std::isnan(table.values(row, 0))) << row;
  for (int row = 0; row < 4; ++row) EXPECT_EQ(table.values(row, 1), row + 2);
}

TEST(ReadCsv, FindsOutWhetherThereIsAHeader) {
  TemporaryFolder folder;
  auto path = folder.file("t.csv", "1,2,3\n4,5,6\n");
  EXPECT_EQ(nn::read_csv(path).values.shape(), nn::Shape({1, 3}));
  auto table = nn::read_csv(path, {.header = false});
  EXPECT_EQ(values_of(table), (std::vector<nn::Scalar>{1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(table.columns.empty());
  auto message = complaint("x,y\n1,2\n", {.header = false});
  EXPECT_EQ(message.find("t.csv:1: expected a number"), 0u) << message;
  EXPECT_NE(message.find("got 'x' in column 1"), std::string::npos) << message;
}

TEST(ReadCsv, WhatIsNoNumberIsAnError) {
  for (const char* cell : {"one", "1.5.2", "1e", "0x1f", "--1", "1 2", "1e400", "\x01", "1;2"})
    EXPECT_EQ(complaint("x\n1\n" + std::string(cell) + "\n").find("t.csv:3: expected a number"), 0u)
        << cell;
}

TEST(ReadCsv, SignsAndInfinities) {
  TemporaryFolder folder;
  for (const std::string word : {"inf", "infinity", "INF", "Infinity", "iNf"})
    for (const std::string sign : {"", "+", "-"}) {
      auto table = nn::read_csv(folder.file("t.csv", "x\n" + sign + word + "\n"));
      EXPECT_EQ(table.values(0, 0), sign == "-" ? -HUGE_VAL : HUGE_VAL) << sign << word;
    }
  auto table = nn::read_csv(folder.file("t.csv", "x\n+5\n+.5\n -5 \n+1e+2\n"));
  EXPECT_EQ(values_of(table), (std::vector<nn::Scalar>{5, 0.5, -5, 100}));
  for (const char* cell : {"1e999", "-1e999", "+1E999", "++5", "+-5", "-+5", "+", "-", "- 5",
                           "infi", "inf1", "--inf", "infinityy", "1inf"})
    EXPECT_EQ(complaint("x\n1\n" + std::string(cell) + "\n").find("t.csv:3: expected a number"), 0u)
        << cell;
  for (const char* cell : {"nan", "+nan", "-NAN", "NaN", "na", "Na", "?", "\"\""}) {
    const std::string content = "x,y\n1,2\n" + std::string(cell) + ",3\n";
    EXPECT_EQ(complaint(content).find("t.csv:3: missing value"), 0u) << cell;
    table = nn::read_csv(folder.file("t.csv", content), {.missing_as_nan = true});
    EXPECT_TRUE(std::isnan(table.values(1, 0))) << cell;
  }
}

TEST(ReadCsv, ANulByteIsAnError) {
  const std::string nul(1, '\0');
  const std::string contents[] = {"a" + nul + ",b\n1,2\n", "a,\"" + nul + "\"\n1,2\n",
                                  nul + ",b\n1,2\n"};
  for (const std::string& content : contents)
    EXPECT_EQ(complaint(content).find("t.csv:1: a NUL byte"), 0u);
  TemporaryFolder folder;
  for (const std::string& cell : {nul, "x" + nul, nul + "x", "\"x\"\"" + nul + "\""}) {
    auto path = folder.file("t.csv", "a,b\n1,2\n3," + cell + "\n");
    auto message = message_of<nn::DataError>([&] { nn::read_csv_text(path); });
    EXPECT_EQ(message.find(path + ":3: a NUL byte"), 0u) << message;
    EXPECT_THROW(nn::read_csv(path), nn::DataError);
  }
}

TEST(ReadCsv, ABlankLineIsARowOfOneEmptyCell) {
  TemporaryFolder folder;
  auto path = folder.file("t.csv", "x\n1\n\n3\n\n");
  auto table = nn::read_csv(path, {.missing_as_nan = true});
  ASSERT_EQ(table.values.shape(), nn::Shape({3, 1}));
  EXPECT_TRUE(std::isnan(table.values(1, 0)));
  EXPECT_EQ(nn::read_csv_text(path).rows.size(), 3u);
  EXPECT_EQ(complaint("x\n1\n\n3\n").find("t.csv:3: missing value"), 0u);
}

TEST(ReadCsv, AQuoteOrALineEndCannotSeparate) {
  TemporaryFolder folder;
  auto path = folder.file("t.csv", "a,b\n1,2\n");
  for (char separator : {'"', '\n', '\r'}) {
    EXPECT_THROW(nn::read_csv(path, {.separator = separator}), nn::ArgumentError);
    EXPECT_THROW(nn::read_csv_text(path, {.separator = separator}), nn::ArgumentError);
  }
}

TEST(ReadCsv, NamesTheLineOfARaggedRow) {
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

TEST(ReadCsv, NamesThePath) {
  TemporaryFolder folder;
  for (auto path : {folder.path("missing.csv"), folder.path("")}) {
    auto message = message_of<nn::DataError>([&] { nn::read_csv(path); });
    EXPECT_EQ(message.find(path + ": "), 0u) << message;
  }
}

TEST(ReadCsv, HeaderWithoutRows) {
  TemporaryFolder folder;
  EXPECT_EQ(nn::read_csv(folder.file("t.csv", "a,b\n")).values.shape(), nn::Shape({0, 2}));
}

TEST(ReadCsv, OtherSeparator) {
  TemporaryFolder folder;
  auto table = nn::read_csv(folder.file("t.csv", "a\tb\n1\t\n"),
                            {.missing_as_nan = true, .separator = '\t'});
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.values(0, 0), 1);
  EXPECT_TRUE(std::isnan(table.values(0, 1)));
}

TEST(ReadCsv, CountsLinesInsideQuotes) {
  EXPECT_EQ(complaint("\"a\n\nb\",c\n1,2\n3,x\n").find("t.csv:5: "), 0u);
  EXPECT_EQ(complaint("\"a\r\r\nb\",c\n1,2\n3,x\n").find("t.csv:5: "), 0u);
}

TEST(ReadCsv, AnEmptyLineIsNoHeader) {
  EXPECT_EQ(complaint("\n\na,b\n1,2\n"), "t.csv:1: expected a header, got an empty line");
}

TEST(ReadCsv, WrongQuotes) {
  EXPECT_EQ(complaint("a,b\n1,\"2\n"), "t.csv:2: the quote that opens a cell is never closed");
  EXPECT_EQ(complaint("a,b\n1,\"2\"3\n"),
            "t.csv:2: expected the end of the cell after its closing quote");
  EXPECT_EQ(complaint("a,b\n1,2\"3\"\n"),
            "t.csv:2: a quote inside the cell '2\"3\"', which does not begin with one");
}

TEST(ReadCsv, TruncatedAnywhereIsATableOrAnError) {
  const std::string whole = "\xef\xbb\xbf\"a\"\"x\",b\r\n\"1\",2.5\r\n-3e-1,\"4\"\r\n";
  TemporaryFolder folder;
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    auto path = folder.file("t.csv", whole.substr(0, length));
    try {
      auto table = nn::read_csv(path);
      EXPECT_LE(table.values.size(0), 2);
      EXPECT_EQ(table.values.size(1), static_cast<nn::Index>(table.columns.size()));
    } catch (const nn::DataError& error) {
      EXPECT_EQ(std::string(error.what()).find(path), 0u) << error.what();
    }
  }
}

TEST(ReadCsvText, GivesCellsAsTheyAre) {
  TemporaryFolder folder;
  auto path = folder.file("t.csv", "setting,report\n\"a \"\"b\"\", c\",\n\" two\r \",0.975\n");
  auto table = nn::read_csv_text(path);
  EXPECT_EQ(table.columns, (std::vector<std::string>{"setting", "report"}));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.cell(0, "setting"), "a \"b\", c");
  EXPECT_EQ(table.cell(0, "report"), "");
  EXPECT_EQ(table.cell(1, "setting"), " two\r ");
  EXPECT_EQ(table.cell(1, "report"), "0.975");
  EXPECT_THROW(table.cell(2, "report"), nn::RangeError);
  EXPECT_THROW(table.cell(-1, "report"), nn::RangeError);
  EXPECT_THROW(table.cell(0, "other"), nn::DataError);
}

}  // namespace
