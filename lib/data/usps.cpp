#include "nn/data/usps.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/decimal.hpp"
#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

constexpr Index usps_pixels = 256;

[[noreturn]] void fail_line(const std::string& path, std::size_t line, const std::string& what) {
  throw DataError(path + ":" + std::to_string(line) + ": " + what);
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> result;
  for (std::size_t i = 0; i < line.size();) {
    auto end = i;
    while (end < line.size() && !is_blank(line[end])) ++end;
    if (end > i) result.push_back(line.substr(i, end - i));
    i = end + 1;
  }
  return result;
}

/// The lines of a text, without blank ones at its end.
std::vector<std::string_view> split_lines(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Reads the numbers of a line one by one.
class Numbers {
 public:
  explicit Numbers(std::string_view line) : at_(line.data()), last_(at_ + line.size()) {}

  /// Reads the next number; false if the line ends or something else follows.
  template <class Real>
  bool next(Real& value) {
    skip_blanks();
    const char* end = detail::read_number(at_, last_, value);
    if (!end || (end != last_ && !is_blank(*end))) return false;
    at_ = end;
    return true;
  }

  bool at_end() {
    skip_blanks();
    return at_ == last_;
  }

 private:
  void skip_blanks() {
    while (at_ != last_ && is_blank(*at_)) ++at_;
  }

  const char *at_, *last_;
};

/// Describes the error in a line that could not be read.
std::string what_is_wrong(std::string_view line, int low) {
  auto found = words_of(line);
  if (found.size() != usps_pixels + 1)
    return "expected a label and 256 values, got " + std::to_string(found.size()) + " in all";
  double number = 0;
  Numbers label(found[0]);
  if (!label.next(number) || !(number >= 0 && number <= 9 && number == std::floor(number)))
    return "expected a label, a whole number from 0 to 9, got " + detail::quoted(found[0]);
  for (std::size_t i = 1; i < found.size(); ++i)
    if (Numbers value(found[i]); !value.next(number) || !(number >= low && number <= low + 2))
      return "expected value " + std::to_string(i) + " to be a number from " + std::to_string(low) +
             " to " + std::to_string(low + 2) + ", got " + detail::quoted(found[i]);
  return "";
}

/// Reads one image. Values are read as Real and become value - (low + 1). False if anything is
/// wrong.
template <class Real, int low>
bool read_image(std::string_view line, Scalar& label, Scalar* x) {
  Numbers numbers(line);
  if (!numbers.next(label) || !(label >= 0 && label <= 9 && label == std::floor(label)))
    return false;
  for (Index i = 0; i < usps_pixels; ++i) {
    Real value;
    if (!numbers.next(value) || !(value >= low && value <= low + 2)) return false;
    x[i] = static_cast<Scalar>(value - (low + 1));
  }
  return numbers.at_end();
}

/// The images on lines[begin], ..., lines[end - 1].
template <class Real, int low>
Dataset read_images(const std::string& path, const std::vector<std::string_view>& lines,
                    std::size_t begin, std::size_t end) {
  // No memory is taken unless every line is long enough for an image.
  for (auto i = begin; i < end; ++i)
    if (lines[i].size() < 2 * usps_pixels) fail_line(path, i + 1, what_is_wrong(lines[i], low));
  auto n = static_cast<Index>(end - begin);
  Dataset data{Tensor({n, usps_pixels}), Tensor({n})};
  Scalar *x = data.x.data(), *y = data.y.data();
  auto image = [&](Index i) {
    return read_image<Real, low>(lines[begin + static_cast<std::size_t>(i)], y[i],
                                 x + i * usps_pixels);
  };
  std::atomic<bool> all_right = true;
  parallel_for(n, 512, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      if (!image(i)) all_right = false;
  });
  for (Index i = 0; !all_right; ++i)  // find the first wrong line
    if (auto line = begin + static_cast<std::size_t>(i); !image(i))
      fail_line(path, line + 1, what_is_wrong(lines[line], low));
  return data;
}

Dataset parse_usps(const std::string& path, std::string_view text) {
  auto lines = split_lines(text);
  if (lines.empty()) throw DataError(path + ": no data");
  auto first = words_of(lines.front());
  // In double, so that value - 1 is rounded to Scalar only once, like the values of the other form.
  if (first.size() == 2 && first[0] == "10" && first[1] == "256") {
    bool has_end =
        lines.size() > 1 && words_of(lines.back()) == std::vector<std::string_view>{"-1"};
    return read_images<double, 0>(path, lines, 1, lines.size() - has_end);
  }
  if (first.size() != usps_pixels + 1)
    fail_line(path, 1,
              "expected a label and 256 values, or \"10 256\", got " +
                  std::to_string(first.size()) + " words");
  return read_images<Scalar, -1>(path, lines, 0, lines.size());
}

}  // namespace

Dataset read_usps(const std::string& path) {
  return detail::read_within_memory(path, [&] { return parse_usps(path, read_text(path)); });
}

Split load_usps(const std::string& folder) {
  namespace fs = std::filesystem;
  for (const fs::path& place : {fs::path(folder), fs::path(folder) / "usps"})
    for (const char* packed : {"", ".gz"}) {
      auto train = place / "zip.train", test = place / "zip.test";
      train += packed, test += packed;
      std::error_code ignored;
      if (fs::exists(train, ignored) && fs::exists(test, ignored))
        return {.train = read_usps(train.string()), .test = read_usps(test.string())};
    }
  throw DataError(folder + ": expected zip.train and zip.test, or both with .gz, there or in " +
                  (fs::path(folder) / "usps").string());
}

}}  // namespace nn::NN_PRECISION
