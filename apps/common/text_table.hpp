#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace apps {

/// Columns of text, aligned: the first three to the left, the others, numbers, to the right.
class TextTable {
 public:
  explicit TextTable(const std::vector<std::string>& header) { row(header); }
  void row(const std::vector<std::string>& cells) { rows_.push_back(cells); }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// "1 row", "2 rows".
std::string count_of(std::int64_t count, const std::string& what);

/// Five significant digits, for reading.
std::string short_number(double value);

}  // namespace apps
