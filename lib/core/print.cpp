#include <algorithm>
#include <charconv>
#include <cmath>
#include <ostream>
#include <string>

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {
namespace {

constexpr Index kSummaryAbove = 1000;  // elements; longer dimensions then show their ends only
constexpr Index kEdgeItems = 3;
constexpr int kPrecision = 8;

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

/// How NumPy formats an array: one notation and one number of digits for all of it.
struct Format {
  bool scientific = false;
  int digits = 0;  // after the point
  std::size_t width = 0;

  std::string operator()(double x) const {
    if (!std::isfinite(x)) return std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf";
    char buffer[400];
    auto notation = scientific ? std::chars_format::scientific : std::chars_format::fixed;
    auto end = std::to_chars(buffer, buffer + sizeof buffer, x, notation, digits).ptr;
    std::string text(buffer, end);
    if (!scientific && digits == 0) text += '.';
    return text;
  }
};

/// The fewest digits, up to kPrecision, that tell `value` from its neighbours in this notation.
int digits_needed(Scalar value, bool scientific) {
  char buffer[400];
  auto notation = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, notation).ptr);
  std::size_t point = text.find('.');
  if (point == std::string::npos) return 0;
  std::size_t end = std::min(text.find('e'), text.size());
  return std::min(static_cast<int>(end - point) - 1, kPrecision);
}

Format choose_format(const Tensor& t, bool summary) {
  double largest = 0, smallest = HUGE_VAL;
  for_each_shown(t, summary, [&](double x) {
    if (!std::isfinite(x) || x == 0) return;
    largest = std::max(largest, std::abs(x));
    smallest = std::min(smallest, std::abs(x));
  });
  Format format;
  format.scientific =
      largest >= 1e8 || (largest > 0 && (smallest < 1e-4 || largest / smallest > 1e3 * 1e5));
  for_each_shown(t, summary, [&](Scalar x) {
    if (std::isfinite(x))
      format.digits = std::max(format.digits, digits_needed(x, format.scientific));
  });
  for_each_shown(t, summary,
                 [&](double x) { format.width = std::max(format.width, format(x).size()); });
  return format;
}

void print(std::ostream& out, const Tensor& t, const Format& format, bool summary, int depth) {
  if (t.rank() == 0) {
    std::string text = format(t.item());
    out << std::string(format.width - std::min(format.width, text.size()), ' ') << text;
    return;
  }
  std::string separator =
      t.rank() == 1 ? " " : std::string(static_cast<std::size_t>(t.rank()) - 1, '\n');
  if (t.rank() > 1) separator += std::string(static_cast<std::size_t>(depth) + 1, ' ');
  out << '[';
  for (Index i = 0; i < t.size(0); ++i) {
    if (!shown(i, t.size(0), summary)) {
      out << separator << "...";
      i = t.size(0) - kEdgeItems - 1;
      continue;
    }
    if (i > 0) out << separator;
    print(out, t.select(0, i), format, summary, depth + 1);
  }
  out << ']';
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  bool summary = tensor.numel() > kSummaryAbove;
  if (tensor.numel() == 0) return out << "[] with shape " << tensor.shape();
  print(out, tensor, choose_format(tensor, summary), summary, 0);
  return out;
}

}  // namespace nn::inline NN_PRECISION
