#include "nn/data/usps.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <span>
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

/// Reads the numbers of a line one by one.
class Numbers {
 public:
  explicit Numbers(std::string_view line) : at_(line.data()), last_(at_ + line.size()) {}

  /// Reads the next number; false if the line ends or something else follows.
  template <class Real>
  bool next(Real& value) {
    skip_blanks();
    if (last_ - at_ > 1 && *at_ == '+' && at_[1] != '-') ++at_;
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
    return "expected a label, a whole number from 0 to 9, got " + detail::in_quotes(found[0]);
  for (std::size_t i = 1; i < found.size(); ++i)
    if (Numbers value(found[i]); !value.next(number) || !(number >= low && number <= low + 2))
      return "expected value " + std::to_string(i) + " to be a number from " + std::to_string(low) +
             " to " + std::to_string(low + 2) + ", got " + detail::in_quotes(found[i]);
  return "";
}

struct Line {
  std::string_view text;
  std::size_t number;  // from 1
};

/// Throws for a line that is too short for an image, so that many of them take no memory.
void check_length(const std::string& path, const Line& line) {
  if (line.text.size() < 2 * usps_pixels) fail_line(path, line.number, what_is_wrong(line.text, 0));
}

/// The lines that are not blank. All but the first and the last are long enough for an image.
std::vector<Line> lines_of(const std::string& path, std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto end = std::min(text.find('\n'), text.size());
    if (Line line{text.substr(0, end), number};
        !std::all_of(line.text.begin(), line.text.end(), is_blank)) {
      if (lines.size() > 1) check_length(path, lines.back());
      lines.push_back(line);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
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

template <class Real, int low>
Dataset read_images(const std::string& path, std::span<const Line> lines) {
  check_length(path, lines.back());
  auto n = std::ssize(lines);
  Dataset data{Tensor({n, usps_pixels}), Tensor({n})};
  Scalar *x = data.x.data(), *y = data.y.data();
  auto image = [&](Index i) {
    return read_image<Real, low>(lines[static_cast<std::size_t>(i)].text, y[i],
                                 x + i * usps_pixels);
  };
  std::atomic<bool> all_right = true;
  parallel_for(n, 512, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      if (!image(i)) all_right = false;
  });
  for (Index i = 0; !all_right; ++i)  // find the first wrong line
    if (const Line& line = lines[static_cast<std::size_t>(i)]; !image(i))
      fail_line(path, line.number, what_is_wrong(line.text, low));
  return data;
}

Dataset parse_usps(const std::string& path, std::string_view text) {
  const auto found = lines_of(path, text);
  std::span<const Line> lines(found);
  if (lines.empty()) throw DataError(path + ": no data");
  auto first = words_of(lines.front().text);
  // In double, so that value - 1 is rounded to Scalar only once, like the values of the other form.
  if (first.size() == 2 && first[0] == "10" && first[1] == "256") {
    lines = lines.subspan(1);
    if (!lines.empty() && words_of(lines.back().text) == std::vector<std::string_view>{"-1"})
      lines = lines.first(lines.size() - 1);
    if (lines.empty())
      fail_line(path, found[0].number, "expected images after \"10 256\", got none");
    return read_images<double, 0>(path, lines);
  }
  if (first.size() != usps_pixels + 1)
    fail_line(path, found[0].number,
              "expected a label and 256 values, or \"10 256\", got " +
                  std::to_string(first.size()) + " words");
  return read_images<Scalar, -1>(path, lines);
}

}  // namespace

Dataset read_usps(const std::string& path) {
  return detail::read_within_memory(path, [&] { return parse_usps(path, read_text(path)); });
}

Split load_usps(const std::string& folder) {
  auto exists = [](const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(detail::system_path(path), ignored);
  };
  const std::string inner = folder + "/usps";
  for (const std::string& place : {folder, inner})
    for (const char* packed : {"", ".gz"}) {
      const std::string train = place + "/zip.train" + packed, test = place + "/zip.test" + packed;
      if (exists(train) && exists(test))
        return {.train = read_usps(train), .test = read_usps(test)};
    }
  throw DataError(folder + ": expected zip.train and zip.test, or both with .gz, there or in " +
                  inner);
}

}}  // namespace nn::NN_PRECISION
