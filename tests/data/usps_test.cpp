#include "nn/data/usps.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>

#include "io/comma_locale.hpp"
#include "io/packed.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/ops/one_hot.hpp"

namespace {

/// Pixel j of made-up image r, in thousandths: from -1000 to 1000.
int thousandths(int r, int j) { return j * (r + 3) * 37 % 2001 - 1000; }

/// "-0.123": thousandths with that many decimals, three at least, or none beyond what is needed.
std::string decimal(int number, int decimals) {
  std::string digits = std::to_string(1000 + std::abs(number) % 1000).substr(1);
  digits.append(static_cast<std::size_t>(std::max(decimals - 3, 0)), '0');
  while (decimals == 0 && !digits.empty() && digits.back() == '0') digits.pop_back();
  return (number < 0 ? "-" : "") + std::to_string(std::abs(number) / 1000) +
         (digits.empty() ? "" : "." + digits);
}

using Pixel = std::function<std::string(int)>;

std::string line(const std::string& label, const Pixel& pixel) {
  std::string text = label;
  for (int j = 0; j < 256; ++j) text += " " + pixel(j);
  return text;
}

const int usps_labels[] = {6, 5, 0};

/// Three images as in the book's zip.train: four decimals, a blank before each line end.
std::string long_form(const std::string& line_end = " \n") {
  std::string text;
  for (int r = 0; r < 3; ++r)
    text += line(std::to_string(usps_labels[r]) + ".0000",
                 [&](int j) { return decimal(thousandths(r, j), 4); }) +
            line_end;
  return text;
}

/// The same as in its zip.test: nothing that can be left out; `plus` is added to each value.
std::string short_form(int plus = 0) {
  std::string text;
  for (int r = 0; r < 3; ++r)
    text += line(std::to_string(usps_labels[r]),
                 [&](int j) { return decimal(thousandths(r, j) + plus, 0); }) +
            "\n";
  return text;
}

nn::Dataset read(const std::string& content) {
  TemporaryFolder folder;
  return nn::read_usps(folder.file("zip", content));
}

std::string complaint(const std::string& content) {
  TemporaryFolder folder;
  auto path = folder.file("zip", content);
  auto message = message_of<nn::DataError>([&] { nn::read_usps(path); });
  EXPECT_EQ(message.find(path), 0u) << message;
  return message.substr(std::min(message.size(), path.size() - 3));
}

void expect_the_three(const nn::Dataset& data) {
  ASSERT_EQ(data.x.shape(), nn::Shape({3, 256}));
  ASSERT_EQ(data.y.shape(), nn::Shape({3}));
  for (int r = 0; r < 3; ++r) {
    EXPECT_EQ(data.y(r), usps_labels[r]);
    for (int j = 0; j < 256; ++j)
      EXPECT_EQ(data.x(r, j), static_cast<nn::Scalar>(thousandths(r, j)) / 1000) << r << ", " << j;
  }
}

TEST(ReadUsps, TheFormOfTheBook) {
  expect_the_three(read(long_form()));
  expect_the_three(read(short_form()));
  expect_the_three(read(long_form("\r\n")));
  expect_the_three(read(long_form(" \n") + "\n \r\n"));
  auto without_end = short_form();
  without_end.pop_back();
  expect_the_three(read(without_end));
  double sum = 0;
  auto data = read(long_form());
  for (int j = 0; j < 256; ++j) sum += data.x(0, j);
  EXPECT_NEAR(sum, 5.36, 1e-4);
}

TEST(ReadUsps, PackedByGzip) {
  expect_the_three(read(gzip_stored(long_form())));
  EXPECT_NE(complaint("\x1f\x8b\x08 packed").find("damaged gzip"), std::string::npos);
}

TEST(ReadUsps, WithHeaderAndWithOrWithoutEndMark) {
  for (const char* end : {"", "-1\n", "-1", "-1 \r\n\n"}) {
    auto data = read("10 256\n" + short_form(1000) + end);
    ASSERT_EQ(data.size(), 3);
    for (int r = 0; r < 3; ++r) {
      EXPECT_EQ(data.y(r), usps_labels[r]);
      for (int j = 0; j < 256; ++j)
        EXPECT_NEAR(data.x(r, j), thousandths(r, j) / 1000.0, 1e-7) << r << ", " << j;
    }
  }
}

TEST(ReadUsps, AHeaderWithoutImagesIsAnError) {
  for (const char* text : {"10 256", "10 256\n", "10 256\n-1\n", "10 256\r\n \n\n-1 \n\n"})
    EXPECT_EQ(complaint(text), "zip:1: expected images after \"10 256\", got none");
  EXPECT_EQ(complaint("\n10 256"), "zip:2: expected images after \"10 256\", got none");
}

TEST(ReadUsps, BlankLinesBetweenImages) {
  auto text = long_form();
  for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 7))
    text.insert(at, "\n\n \t\r\n");
  expect_the_three(read("\n \r\n" + text));
  auto with_header = read("\n10 256\n\n" + short_form(1000) + "\n\n-1\n\n");
  EXPECT_EQ(with_header.size(), 3);
  auto good = line("1", [](int) { return "0.5"; }) + "\n";
  EXPECT_EQ(complaint(good + "\n\n" + line("x", [](int) { return "0.5"; })),
            "zip:4: expected a label, a whole number from 0 to 9, got 'x'");
}

TEST(ReadUsps, NumbersMayHaveASign) {
  auto data = read(line("+9", [](int j) { return j % 2 ? "+0.5" : "+1"; }) + "\n" +
                   line("+6.0000", [](int j) { return j % 2 ? "+.25" : "-0.1234567"; }));
  EXPECT_EQ(data.y(0), 9);
  EXPECT_EQ(data.y(1), 6);
  EXPECT_EQ(data.x(0, 0), 1);
  EXPECT_EQ(data.x(0, 255), nn::Scalar(0.5));
  EXPECT_EQ(data.x(1, 254), nn::Scalar(-0.1234567));
  EXPECT_EQ(data.x(1, 255), nn::Scalar(0.25));
  EXPECT_EQ(read("10 256\n" + line("+0", [](int) { return "+2"; })).x(0, 7), 1);
}

TEST(ReadUsps, AnEndMarkInTheWrongPlaceIsAnError) {
  auto one = line("1", [](int) { return "0"; }) + "\n";
  EXPECT_EQ(complaint("10 256\n-1\n" + one),
            "zip:2: expected a label and 256 values, got 1 in all");
  EXPECT_EQ(complaint("10 256\n" + one + "-1\n-1\n"),
            "zip:3: expected a label and 256 values, got 1 in all");
  EXPECT_EQ(complaint(one + "-1\n"), "zip:2: expected a label and 256 values, got 1 in all");
}

TEST(ReadUsps, OtherFirstLines) {
  for (const char* first : {"10 64", "9 256", "10 256 1", "one", "5"}) {
    auto message = complaint(std::string(first) + "\n" + short_form());
    EXPECT_EQ(message.find("zip:1: expected a label and 256 values, or \"10 256\""), 0u) << message;
  }
  for (const char* empty : {"", "\n", " \r\n", "\xef\xbb\xbf"})
    EXPECT_EQ(complaint(empty), "zip: no data");
}

TEST(ReadUsps, NamesTheLineAndWhatIsWrong) {
  auto good = line("1", [](int) { return "0.5"; }) + "\n";
  auto with = [&](const std::string& value) {
    return complaint(good + line("1", [&](int j) { return j == 4 ? value : "0.5"; }) + "\n" + good);
  };
  for (const char* value :
       {"1.001", "-1.5", "nan", "inf", "0,5", "x", "0.5x", "1e3", "0.1234567x", "1e999", "0.5-",
        "1.2.3", "+", "++0.5", "+-0.5", "-+0.5", "+1.5", "+nan"})
    EXPECT_EQ(with(value), "zip:2: expected value 5 to be a number from -1 to 1, got '" +
                               std::string(value) + "'");
  EXPECT_EQ(with("0.5 0.5"), "zip:2: expected a label and 256 values, got 258 in all");
  EXPECT_EQ(with(""), "zip:2: expected a label and 256 values, got 256 in all");
  for (const char* label : {"10", "-1", "6.5", "nan", "one", "6.0001", "+10", "+-1", "+"})
    EXPECT_EQ(
        complaint(good + line(label, [](int) { return "0"; })),
        "zip:2: expected a label, a whole number from 0 to 9, got '" + std::string(label) + "'");
  EXPECT_EQ(complaint("10 256\n" + line("1", [](int) { return "-0.5"; })),
            "zip:2: expected value 1 to be a number from 0 to 2, got '-0.5'");
}

TEST(ReadUsps, NamesTheFirstOfManyWrongLines) {
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += line("1", [&](int) { return i == 1400 || i > 2000 ? "7" : "0"; }) + "\n";
  EXPECT_EQ(complaint(text), "zip:1401: expected value 1 to be a number from -1 to 1, got '7'");
}

TEST(ReadUsps, TruncatedAnywhere) {
  // Cut inside a line it is an error, unless only the last number is shorter by it.
  auto whole = long_form();
  auto line_length = whole.size() / 3;
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    auto rest = whole.substr(0, length);
    bool may_be_read = length % line_length == 0 || line_length - length % line_length < 10;
    if (!may_be_read || length == 0) {
      EXPECT_NE(complaint(rest), "") << length;
    } else {
      EXPECT_LE(read(rest).size(), 3);
    }
  }
}

TEST(ReadUsps, ManyShortLinesTakeNoMemory) {
  EXPECT_EQ(complaint(short_form() + std::string(2000000, '\n') + "1\n"),
            "zip:2000004: expected a label and 256 values, got 1 in all");
  std::string ones;
  for (int i = 0; i < 1000000; ++i) ones += "1\n";
  EXPECT_EQ(complaint(short_form() + ones), "zip:4: expected a label and 256 values, got 1 in all");
}

TEST(ReadUsps, TakesADecimalPointInAnyLocale) {
  CommaLocale locale;
  expect_the_three(read(long_form()));
  expect_the_three(read(short_form()));
}

TEST(LoadUsps, LooksInTheFolderAndBelow) {
  TemporaryFolder folder;
  auto message = message_of<nn::DataError>([&] { nn::load_usps(folder.path("")); });
  EXPECT_NE(message.find("expected zip.train and zip.test"), std::string::npos) << message;
  std::filesystem::create_directory(folder.path("usps"));
  folder.file("usps/zip.train", long_form());
  EXPECT_THROW(nn::load_usps(folder.path("")), nn::DataError);
  folder.file("usps/zip.test", line("1", [](int) { return "0"; }));
  auto split = nn::load_usps(folder.path(""));
  expect_the_three(split.train);
  EXPECT_EQ(split.test.size(), 1);
  EXPECT_EQ(nn::load_usps(folder.path("usps")).test.size(), 1);
  TemporaryFolder packed;
  packed.file("zip.train.gz", gzip_stored(long_form()));
  packed.file("zip.test.gz", gzip_stored(short_form()));
  expect_the_three(nn::load_usps(packed.path("")).test);
}

struct Facts {
  nn::Index rows, least;  // `least` counts the values -1
  double sum;
  std::vector<nn::Index> counts;
};

void expect_facts(const nn::Dataset& data, const Facts& facts) {
  EXPECT_EQ(data.x.shape(), nn::Shape({facts.rows, 256}));
  EXPECT_EQ(nn::class_counts(data.y, 10), facts.counts);
  double sum = 0;
  nn::Index least = 0;
  for (nn::Index i = 0; i < data.x.numel(); ++i) {
    sum += data.x.data()[i];
    least += data.x.data()[i] == -1;
  }
  EXPECT_NEAR(sum, facts.sum, 2e-3);
  EXPECT_EQ(least, facts.least);
}

class RealUsps : public testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("NN_DATA");
    if (!data) GTEST_SKIP() << "NN_DATA does not name the folder of zip.train and zip.test";
    folder_ = data;
  }
  std::string folder_;
};

TEST_F(RealUsps, HasItsPublishedNumbers) {
  auto [train, test] = nn::load_usps(folder_);
  expect_facts(train,
               {7291, 1106272, -916521.717, {1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644}});
  expect_facts(test,
               {2007, 297587, -238801.158, {359, 264, 198, 166, 200, 160, 170, 147, 166, 177}});
}

TEST_F(RealUsps, BothFormsGiveTheSameBits) {
  std::string path = folder_ + "/USPS_test.txt";
  if (!std::filesystem::exists(path)) path = folder_ + "/usps/USPS_test.txt";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no USPS_test.txt in " << folder_;
  auto test = nn::load_usps(folder_).test, other = nn::read_usps(path);
  ASSERT_EQ(other.x.shape(), test.x.shape());
  constexpr double difference = sizeof(nn::Scalar) == 4 ? 0 : 1e-15;
  for (nn::Index i = 0; i < test.size(); ++i) {
    ASSERT_EQ(other.y(i), test.y(i));
    for (nn::Index j = 0; j < 256; ++j) ASSERT_NEAR(other.x(i, j), test.x(i, j), difference);
  }
}

}  // namespace
