#include "common/text_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace apps {

std::string TextTable::text() const {
  std::vector<std::size_t> widths(rows_[0].size());
  for (const auto& row : rows_)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      std::string pad(widths[c] - row[c].size(), ' ');
      line += (c == 0 ? "" : "  ") + (c < 3 ? row[c] + pad : pad + row[c]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

std::string count_of(std::int64_t count, const std::string& what) {
  std::string text = std::to_string(count) + ' ' + what;
  return count == 1 ? text : text + 's';
}

std::string short_number(double value) {
  if (std::isnan(value)) return "nan";  // to_chars would tell its sign
  char buffer[32];
  auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 5).ptr;
  return {buffer, end};
}

}  // namespace apps
