#include "nn/data/libsvm.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "io/file_errors.hpp"
#include "io/read_limit.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

struct Entry {
  Index row, column;
  Scalar value;
};

class Reader {
 public:
  Reader(const std::string& path, const LibsvmOptions& options) : path_(path), options_(options) {}

  Dataset read() {
    const std::string text = read_text(path_);
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      ++line_;
      read_line(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return table();
  }

 private:
  [[noreturn]] void fail(const std::string& expected, std::string_view got) const {
    throw DataError(path_ + ":" + std::to_string(line_) + ": expected " + expected + ", got " +
                    detail::in_quotes(got));
  }

  /// The next word; empty at the end of the line.
  static std::string_view word(std::string_view& line) {
    constexpr std::string_view blanks = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::string_view result = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(result.size());
    return result;
  }

  void read_line(std::string_view line) {
    line = line.substr(0, line.find('#'));
    const std::string_view label = word(line);
    if (label.empty()) return;
    const auto y = parse_number<double>(label);
    if (!y) fail("a label", label);
    labels_.push_back(static_cast<Scalar>(*y - options_.first_label));
    Index last = -1;
    for (std::string_view pair = word(line); !pair.empty(); pair = word(line))
      last = read_pair(pair, last);
  }

  /// Its column, counted from 0.
  Index read_pair(std::string_view pair, Index last) {
    const std::size_t colon = pair.find(':');
    Index index = 0;
    const char* end = pair.data() + std::min(colon, pair.size());
    const auto parsed = std::from_chars(pair.data(), end, index);
    if (colon == pair.npos || parsed.ec != std::errc() || parsed.ptr != end)
      fail("index:value", pair);
    const auto value = parse_number(pair.substr(colon + 1));
    if (!value) fail("index:value", pair);
    const Index first = options_.zero_based ? 0 : 1;
    if (index < first || index == std::numeric_limits<Index>::max())
      fail("an index from " + std::to_string(first) + " up, below 2^63 - 1", pair);
    const Index column = index - first;
    if (options_.features > 0 && column >= options_.features)
      fail("one of " + std::to_string(options_.features) + " features", pair);
    if (column <= last) fail("rising indices", pair);
    entries_.push_back({static_cast<Index>(labels_.size()) - 1, column, *value});
    width_ = std::max(width_, column + 1);
    return column;
  }

  Dataset table() const {
    const auto rows = static_cast<Index>(labels_.size());
    const Index columns = options_.features > 0 ? options_.features : width_;
    const std::size_t limit = detail::table_limit_of(path_), numbers = limit / sizeof(Scalar);
    if (columns > 0 && std::cmp_greater(rows, numbers / static_cast<std::uint64_t>(columns)))
      throw DataError(path_ + ": " + std::to_string(rows) + " rows of " + std::to_string(columns) +
                      " features take more than " + std::to_string(limit) + " bytes");
    Dataset data{Tensor::zeros({rows, columns}), Tensor({rows})};
    std::copy(labels_.begin(), labels_.end(), data.y.data());
    for (const Entry& entry : entries_) data.x(entry.row, entry.column) = entry.value;
    return data;
  }

  const std::string& path_;
  const LibsvmOptions& options_;
  Index line_ = 0, width_ = 0;
  std::vector<Scalar> labels_;
  std::vector<Entry> entries_;
};

}  // namespace

Dataset read_libsvm(const std::string& path, const LibsvmOptions& options) {
  if (options.features < 0) throw ArgumentError("read_libsvm: features must not be negative");
  return detail::read_within_memory(path, [&] { return Reader(path, options).read(); });
}

}}  // namespace nn::NN_PRECISION
