#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <ostream>
#include <string>

#include "nn/core/number.hpp"
#include "nn/core/tensor.hpp"

// The layout of NumPy's str(): numpy/core/arrayprint.py with its default options.
namespace nn { inline namespace NN_PRECISION {
namespace {

constexpr Index kSummaryAbove = 1000;  // elements; longer dimensions then show their ends only
constexpr Index kEdgeItems = 3;
constexpr int kPrecision = 8;  // digits after the point, at most
constexpr std::size_t kLineWidth = 75;

bool shown(Index i, Index size, bool summary) {
  return !summary || size <= 2 * kEdgeItems || i < kEdgeItems || i >= size - kEdgeItems;
}

/// Calls f for each element that is shown.
template <class F>
void for_each_shown(const Tensor& t, bool summary, F&& f) {
  if (t.rank() == 0) return f(t.item());
  for (Index i = 0; i < t.size(0); ++i)
    if (shown(i, t.size(0), summary)) for_each_shown(t.select(0, i), summary, f);
}

std::string spaces(std::size_t count) { return std::string(count, ' '); }

template <class... Precision>
std::string to_text(Scalar x, bool scientific, Precision... precision) {
  char buffer[400];
  const auto notation = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  return {buffer, std::to_chars(buffer, std::end(buffer), x, notation, precision...).ptr};
}

/// A finite number in pieces: -1.25e-07 is "-1", "25", "e-", "07". It has the fewest digits that
/// tell it from its neighbours, but after the point at least `least` and at most kPrecision.
struct Digits {
  std::string whole, fraction, sign, exponent;

  Digits(Scalar value, bool scientific, std::size_t least = 0) {
    split(to_text(value, scientific));
    if (fraction.size() > kPrecision) {
      split(to_text(value, scientific, kPrecision));
      fraction.erase(fraction.find_last_not_of('0') + 1);
    }
    if (fraction.size() < least) split(to_text(value, scientific, static_cast<int>(least)));
  }

 private:
  void split(const std::string& text) {
    const std::size_t end = std::min(text.find('e'), text.size());
    const std::size_t point = std::min(text.find('.'), end);
    whole = text.substr(0, point);
    fraction = point < end ? text.substr(point + 1, end - point - 1) : "";
    sign = end < text.size() ? text.substr(end, 2) : "";
    exponent = end < text.size() ? text.substr(end + 2) : "";
  }
};

/// One notation for all numbers of a tensor, with their points in one column.
class Format {
 public:
  Format(const Tensor& t, bool summary) {
    choose_notation(t, summary);
    bool finite = true, minus_infinity = false;
    for_each_shown(t, summary, [&](Scalar x) {
      finite = finite && std::isfinite(x);
      minus_infinity = minus_infinity || x == -std::numeric_limits<Scalar>::infinity();
      if (!std::isfinite(x)) return;
      const Digits digits(x, scientific_);
      left_ = std::max(left_, digits.whole.size());
      fraction_ = std::max(fraction_, digits.fraction.size());
      exponent_ = std::max(exponent_, digits.exponent.size());
    });
    const std::size_t right = 1 + fraction_ + (scientific_ ? 2 + exponent_ : 0);
    const std::size_t least = finite ? 0 : minus_infinity ? 4 : 3;  // of "nan", "inf", "-inf"
    left_ = std::max(left_, least - std::min(least, right));
    width_ = left_ + right;
  }

  std::string operator()(Scalar x) const {
    if (!std::isfinite(x)) {
      const std::string text = std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf";
      return spaces(width_ - text.size()) + text;
    }
    const Digits d(x, scientific_, scientific_ ? fraction_ : 0);
    const std::string rest(fraction_ - d.fraction.size(), ' ');
    const std::string text = spaces(left_ - d.whole.size()) + d.whole + '.' + d.fraction + rest;
    return text + d.sign + std::string(exponent_ - d.exponent.size(), '0') + d.exponent;
  }

 private:
  void choose_notation(const Tensor& t, bool summary) {
    Scalar largest = 0, smallest = std::numeric_limits<Scalar>::infinity();
    for_each_shown(t, summary, [&](Scalar x) {
      if (!std::isfinite(x) || x == 0) return;
      largest = std::max(largest, std::abs(x));
      smallest = std::min(smallest, std::abs(x));
    });
    scientific_ = largest >= Scalar{1e8} ||
                  (largest > 0 && (smallest < 1e-4 || largest / smallest > Scalar{1000}));
  }

  bool scientific_ = false;
  std::size_t left_ = 0, fraction_ = 0, exponent_ = 0, width_ = 0;
};

/// A line of numbers. A long one is broken and continued under its first number.
std::string row(const Tensor& t, const Format& format, bool summary, std::size_t depth) {
  const std::string indent = spaces(depth + 1);
  const std::size_t width = kLineWidth - depth - 1;
  std::string done, line = indent;
  auto append = [&](const std::string& word) {
    if (line.size() + word.size() > width && line.size() > indent.size()) {
      line.erase(line.find_last_not_of(' ') + 1);
      done += line + '\n';
      line = indent;
    }
    line += word;
  };
  for (Index i = 0; i < t.size(0); ++i) {
    if (i > 0) line += ' ';
    const bool gap = !shown(i, t.size(0), summary);
    append(gap ? "..." : format(t(i)));
    if (gap) i = t.size(0) - kEdgeItems - 1;
  }
  return '[' + (done + line).substr(indent.size()) + ']';
}

std::string block(const Tensor& t, const Format& format, bool summary, std::size_t depth) {
  if (t.rank() == 1) return row(t, format, summary, depth);
  const std::string separator =
      std::string(static_cast<std::size_t>(t.rank()) - 1, '\n') + spaces(depth + 1);
  std::string text = "[";
  for (Index i = 0; i < t.size(0); ++i) {
    if (i > 0) text += separator;
    const bool gap = !shown(i, t.size(0), summary);
    text += gap ? "..." : block(t.select(0, i), format, summary, depth + 1);
    if (gap) i = t.size(0) - kEdgeItems - 1;
  }
  return text + ']';
}

/// A single number as Python writes it. A large float has the fewest digits and then zeros before
/// the point, where to_chars would write all its digits.
std::string single(Scalar x) {
  if (!std::isfinite(x)) return std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf";
  const double magnitude = std::abs(x);
  const bool scientific = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  std::string text = to_text(x, true);
  if (scientific) return text;
  char buffer[400];
  const double rounded = *parse_number<double>(text);
  text.assign(buffer,
              std::to_chars(buffer, std::end(buffer), rounded, std::chars_format::fixed).ptr);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  if (tensor.rank() == 0) return out << single(tensor.item());
  if (tensor.numel() == 0) return out << "[]";
  const bool summary = tensor.numel() > kSummaryAbove;
  return out << block(tensor, Format(tensor, summary), summary, 0);
}

}}  // namespace nn::NN_PRECISION
