#include <gtest/gtest.h>

#include <cmath>

#include "io/comma_locale.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/data/table.hpp"
#include "nn/io/csv.hpp"

namespace {

TEST(CsvWriter, WritesHeaderAndRows) {
  TemporaryFolder folder;
  nn::CsvWriter writer(folder.path("t.csv"), {"run", "metric", "value"});
  writer.row({1, "loss", 0.1f});
  writer.row({std::size_t{2}, std::string("accuracy"), 0.1});
  EXPECT_EQ(folder.count(), 0);  // nothing is there before write()
  writer.write();
  EXPECT_EQ(folder.bytes("t.csv"), "run,metric,value\n1,loss,0.1\n2,accuracy,0.1\n");
  writer.row({3, "loss", std::nan("")});
  writer.write();
  EXPECT_EQ(folder.bytes("t.csv"), "run,metric,value\n1,loss,0.1\n2,accuracy,0.1\n3,loss,nan\n");
  EXPECT_EQ(folder.count(), 1);
}

TEST(CsvLine, IsTheRowThatAWriterWrites) {
  EXPECT_EQ(nn::csv_line({1, "a,b", 0.5}), "1,\"a,b\",0.5\n");
  EXPECT_EQ(nn::csv_line({""}), "\"\"\n");
  EXPECT_THROW(nn::csv_line({std::string(1, '\0')}), nn::ArgumentError);
}

TEST(CsvWriter, QuotesWhatNeedsIt) {
  TemporaryFolder folder;
  nn::write_csv(folder.path("t.csv"), {"a,b", "c"},
                {{"say \"x\"", "two\nlines"}, {"", " blanks "}, {"\r", "plain"}});
  EXPECT_EQ(folder.bytes("t.csv"),
            "\"a,b\",c\n\"say \"\"x\"\"\",\"two\nlines\"\n, blanks \n\"\r\",plain\n");
  auto table = nn::read_table(folder.path("t.csv"));
  EXPECT_EQ(table.text("a,b"), (std::vector<std::string>{"say \"x\"", "", "\r"}));
  EXPECT_EQ(table.text("c"), (std::vector<std::string>{"two\nlines", " blanks ", "plain"}));
}

TEST(CsvWriter, EmptyCellsOfASingleColumnAreKept) {
  TemporaryFolder folder;
  nn::write_csv(folder.path("t.csv"), {"a"}, {{""}, {"x"}, {""}});
  auto table = nn::read_table(folder.path("t.csv"));
  EXPECT_EQ(table.text("a"), (std::vector<std::string>{"", "x", ""}));
}

TEST(CsvWriter, AByteOrderMarkInsideACellIsKept) {
  TemporaryFolder folder;
  const std::string mark = "\xef\xbb\xbf";
  const std::vector<std::string> columns{mark + "a", mark, "b" + mark};
  nn::write_csv(folder.path("t.csv"), columns, {{mark + "x", "", mark}});
  for (bool header : {true, false}) {
    auto table = nn::read_table(folder.path("t.csv"), {.header = header});
    const auto names = table.columns();
    for (std::size_t i : {0u, 2u}) {
      EXPECT_EQ(header ? names[i] : table.text(names[i])[0], columns[i]);
      EXPECT_EQ(table.text(names[i]).back(), i == 0 ? mark + "x" : mark);
    }
  }
  nn::write_csv(folder.path("t.csv"), {mark}, {{mark}});
  EXPECT_EQ(nn::read_table(folder.path("t.csv")).text(mark)[0], mark);
}

TEST(CsvWriter, AnEmptyNameThatIsAloneIsKept) {
  TemporaryFolder folder;
  nn::write_csv(folder.path("t.csv"), {""}, {{"1"}});
  EXPECT_EQ(nn::read_table(folder.path("t.csv")).numbers("")[0], 1);
}

TEST(CsvWriter, RefusesANulByte) {
  TemporaryFolder folder;
  const std::string nul("a\0b", 3);
  EXPECT_THROW(nn::write_csv(folder.path("t.csv"), {nul}, {{"1"}}), nn::ArgumentError);
  nn::CsvWriter writer(folder.path("t.csv"), {"a", "b"});
  EXPECT_THROW(writer.row({1, nul}), nn::ArgumentError);
  writer.row({2, "x"});
  writer.write();
  EXPECT_EQ(folder.bytes("t.csv"), "a,b\n2,x\n");  // nothing of the refused row
}

TEST(CsvWriter, WrongNumberOfCells) {
  TemporaryFolder folder;
  nn::CsvWriter writer(folder.path("t.csv"), {"a", "b"});
  auto message = message_of<nn::ArgumentError>([&] { writer.row({1}); });
  EXPECT_NE(message.find("expected 2 cells, got 1"), std::string::npos) << message;
  EXPECT_THROW(writer.row({1, 2, 3}), nn::ArgumentError);
  EXPECT_THROW(nn::CsvWriter(folder.path("u.csv"), {}), nn::ArgumentError);
  writer.write();
  EXPECT_EQ(folder.bytes("t.csv"), "a,b\n");
}

TEST(WriteCsv, TensorsReadBackToTheBit) {
  TemporaryFolder folder;
  nn::Scalar third = nn::Scalar(1) / 3;
  auto values = nn::tensor({{third, nn::Scalar(1e-40), nn::Scalar(-0.0)},
                            {nn::Scalar(0.1), nn::Scalar(3.4e38), nn::Scalar(HUGE_VAL)}});
  nn::write_csv(folder.path("t.csv"), {"a", "b"}, values.transpose());
  auto back = nn::read_table(folder.path("t.csv")).values();
  ASSERT_EQ(back.shape(), nn::Shape({3, 2}));
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 2; ++j) {
      EXPECT_EQ(back(i, j), values(j, i));
      EXPECT_EQ(std::signbit(back(i, j)), std::signbit(values(j, i)));
    }
  }
  EXPECT_THROW(nn::write_csv(folder.path("t.csv"), {"a"}, values), nn::ShapeError);
  EXPECT_THROW(nn::write_csv(folder.path("t.csv"), {"a"}, nn::tensor({1, 2})), nn::ShapeError);
}

TEST(WriteCsv, WritesADecimalPointInAnyLocale) {
  TemporaryFolder folder;
  CommaLocale locale;
  nn::write_csv(folder.path("t.csv"), {"a", "b", "c"}, {nn::CsvRow{1.5, 1234567, 1234567.0f}});
  EXPECT_EQ(folder.bytes("t.csv"), "a,b,c\n1.5,1234567,1234567\n");
}

}  // namespace
