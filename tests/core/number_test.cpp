#include "nn/core/number.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/decimal.hpp"
#include "io/comma_locale.hpp"
#include "nn/core/rng.hpp"

namespace {

std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }
std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

TEST(ToText, IsTheShortestThatReadsBack) {
  EXPECT_EQ(nn::to_text(0.1f), "0.1");
  EXPECT_EQ(nn::to_text(0.1), "0.1");
  EXPECT_EQ(nn::to_text(static_cast<double>(0.1f)), "0.10000000149011612");
  EXPECT_EQ(nn::to_text(1.0f / 3), "0.33333334");
  EXPECT_EQ(nn::to_text(1234567.0), "1234567");
  EXPECT_EQ(nn::to_text(-0.0f), "-0");
  EXPECT_EQ(nn::to_text(-1.2345678901234567e-308), "-1.2345678901234567e-308");
  EXPECT_EQ(nn::to_text(std::nan("")), "nan");
  EXPECT_EQ(nn::to_text(-std::nan("")), "nan");
  EXPECT_EQ(nn::to_text(-HUGE_VALF), "-inf");
}

template <class Real, class Bits>
void expect_round_trips(int count) {
  nn::Rng rng(1);
  for (int i = 0; i < count; ++i) {
    auto word = static_cast<std::uint64_t>(rng.next_u32()) << 32 | rng.next_u32();
    auto value = std::bit_cast<Real>(static_cast<Bits>(word));
    auto back = nn::parse_number<Real>(nn::to_text(value));
    ASSERT_TRUE(back) << nn::to_text(value);
    if (value == value) {
      ASSERT_EQ(bits(*back), bits(value)) << nn::to_text(value);
    } else {
      ASSERT_NE(*back, *back);
    }
  }
}

TEST(ToText, ReadsBackToTheBit) {
  expect_round_trips<float, std::uint32_t>(20000);
  expect_round_trips<double, std::uint64_t>(20000);
}

TEST(ParseNumber, TakesWholeNumbersOnly) {
  EXPECT_EQ(nn::parse_number<double>("12"), 12.0);
  EXPECT_EQ(nn::parse_number<double>("+1.5"), 1.5);
  EXPECT_EQ(nn::parse_number<double>("-.5e1"), -5.0);
  EXPECT_EQ(nn::parse_number<double>("7."), 7.0);
  EXPECT_EQ(nn::parse_number<double>("1.2345e3"), 1234.5);
  EXPECT_EQ(nn::parse_number<double>("1.2345E-1 ").has_value(), false);
  EXPECT_EQ(nn::parse_number<float>("-inf"), -HUGE_VALF);
  for (const char* text : {"",     " ",     " 1",        "1 ",  "1,5",         "1.5x",         "x",
                           "+",    "-",     ".",         "+-1", "--1",         "++1",          "1e",
                           "0x10", "1.2.3", "1.23456.8", "one", "1.2345678\n", "1.234 5678901"})
    EXPECT_FALSE(nn::parse_number<double>(text)) << text;
  EXPECT_FALSE(nn::parse_number(std::string_view("1\0", 2)));
  EXPECT_FALSE(nn::parse_number(std::string_view()));
}

TEST(ParseNumber, BeyondTheRange) {
  EXPECT_EQ(bits(nn::parse_number<float>("1e-40").value()), 0x000116c2u);
  EXPECT_EQ(bits(nn::parse_number<float>("4.9e-324").value()), 0u);
  EXPECT_EQ(bits(nn::parse_number<float>("-4.9e-324").value()), 0x80000000u);
  EXPECT_EQ(bits(nn::parse_number<double>("4.9e-324").value()), 1u);
  EXPECT_EQ(bits(nn::parse_number<double>("-1e-400").value()), 0x8000000000000000u);
  EXPECT_EQ(nn::parse_number<float>("1e-99999999999999999999"), 0.0f);
  EXPECT_EQ(nn::parse_number<float>("0." + std::string(400, '0') + "1"), 0.0f);
  EXPECT_EQ(nn::parse_number<float>("0.0000001e-39"), 0.0f);
  EXPECT_EQ(nn::parse_number<double>("0e99999999999999999999"), 0.0);
  for (const char* text : {"3.5e38", "-3.5e38", "1e39", "1e+99", "1e99999999999999999999"})
    EXPECT_FALSE(nn::parse_number<float>(text)) << text;
  EXPECT_FALSE(nn::parse_number<double>("1e309"));
  EXPECT_FALSE(nn::parse_number<double>("1" + std::string(400, '0')));
  EXPECT_EQ(nn::parse_number<float>("3.4028235e38"), std::numeric_limits<float>::max());
}

/// read_number against std::from_chars, for all short decimals: the fast path and its borders.
template <class Real>
void expect_equal_to_from_chars(const std::string& text) {
  std::string padded = text + " 123456789";
  const char *first = padded.data(), *last = first + padded.size();
  Real value = -7, expected = -7;
  auto [end, error] = std::from_chars(first, last, expected);
  ASSERT_EQ(error, std::errc()) << text;
  ASSERT_EQ(nn::detail::read_number(first, last, value), end) << text;
  ASSERT_EQ(bits(value), bits(expected)) << text;
}

TEST(ReadNumber, IsCorrectlyRounded) {
  nn::Rng rng(2);
  for (int i = 0; i < 50000; ++i) {
    std::string text = rng.below(2) ? "-" : "";
    auto whole = 1 + rng.below(2), decimals = rng.below(10);
    for (nn::Index k = 0; k < whole; ++k) text += static_cast<char>('0' + rng.below(10));
    if (decimals > 0) text += '.';
    for (nn::Index k = 0; k < decimals; ++k) text += static_cast<char>('0' + rng.below(10));
    if (rng.below(8) == 0) text += "e" + std::to_string(rng.below(20) - 10);
    expect_equal_to_from_chars<float>(text);
    expect_equal_to_from_chars<double>(text);
  }
}

TEST(ReadNumber, IsCorrectlyRoundedBetweenTwoFloats) {
  // m above 2^24 does not fit a float, halves between two floats round to even once.
  for (const char* text : {"1.6777217", "1.6777219", "3.3554433", "9.9999999", "9.9999999999",
                           "1.00000005960464477539", "1.0000000596046448", "0.0000000"}) {
    expect_equal_to_from_chars<float>(text);
    expect_equal_to_from_chars<double>(text);
  }
}

TEST(ReadNumber, StopsAtTheEndOfItsText) {
  const char text[] = "-0.123456789";
  for (int length = 2; length <= 12; ++length) {
    if (length == 3) continue;  // "-0." needs no digit more
    nn::Scalar value = 0, expected = 0;
    const char* last = text + length;
    EXPECT_EQ(nn::detail::read_number(text, last, value), last);
    std::from_chars(text, last, expected);
    EXPECT_EQ(bits(value), bits(expected));
  }
}

TEST(Numbers, HaveADecimalPointInAnyLocale) {
  CommaLocale locale;
  EXPECT_EQ(nn::to_text(1.5), "1.5");
  EXPECT_EQ(nn::to_text(1234567.0f), "1234567");
  EXPECT_EQ(nn::parse_number<double>("1.5"), 1.5);
  EXPECT_EQ(nn::parse_number<double>("1.234567890123"), 1.234567890123);
  EXPECT_FALSE(nn::parse_number<double>("1,5"));
  EXPECT_EQ(nn::parse_number<double>("1e-400"), 0.0);
}

}  // namespace
