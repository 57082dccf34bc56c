#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "io/csv_scanner.hpp"
#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/io/csv.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

constexpr const char* expected_number = std::is_same_v<Scalar, float>
                                            ? "expected a number (float), got "
                                            : "expected a number (double), got ";

std::string_view trim_blanks(std::string_view cell) {
  auto first = std::min(cell.find_first_not_of(" \t"), cell.size());
  cell.remove_prefix(first);
  return cell.substr(0, cell.find_last_not_of(" \t") + 1);
}

bool is_missing(std::string_view cell) {
  std::string lower(cell);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower.empty() || lower == "?" || lower == "na" || lower == "nan";
}

std::string column_place(const std::vector<std::string>& columns, std::size_t index) {
  return columns.empty() ? "column " + std::to_string(index + 1)
                         : "column " + detail::quoted(columns[index]);
}

Index find_column(const std::vector<std::string>& columns, std::string_view name) {
  auto found = std::find(columns.begin(), columns.end(), name);
  if (auto count = std::count(found, columns.end(), name); count > 1)
    throw DataError(std::to_string(count) + " columns are named " + detail::quoted(name) +
                    "; only their positions tell them apart");
  if (found != columns.end()) return found - columns.begin();
  std::string list;
  for (const auto& column : columns) list += (list.empty() ? "" : ", ") + column;
  throw DataError("no column " + detail::quoted(name) + " among: " + list);
}

std::vector<std::string> read_header(detail::CsvScanner& scanner) {
  std::vector<std::string> columns;
  const bool blank = scanner.at_blank_line();
  scanner.next(columns);
  if (blank) scanner.fail("expected a header, got an empty line");
  return columns;
}

CsvText parse_text(const std::string& path, std::string_view text, const CsvOptions& options) {
  detail::CsvScanner scanner(text, path, options.separator);
  CsvText table;
  std::vector<std::string> cells;
  if (options.header) table.columns = read_header(scanner);
  for (std::size_t used = 0; scanner.next(cells); table.rows.push_back(cells)) {
    used += scanner.record_memory();
    scanner.check_memory(used);
  }
  return table;
}

CsvTable parse_numbers(const std::string& path, std::string_view text, const CsvOptions& options) {
  detail::CsvScanner scanner(text, path, options.separator);
  CsvTable table;
  std::vector<std::string> cells;
  std::vector<Scalar> values;
  if (options.header) table.columns = read_header(scanner);
  std::size_t width = table.columns.size();
  while (scanner.next(cells)) {
    width = cells.size();
    for (std::size_t i = 0; i < width; ++i) {
      auto cell = trim_blanks(cells[i]);
      auto number = parse_number(cell);
      bool missing = is_missing(cell) || (number && std::isnan(*number));  // also "nan(1)"
      if (missing && !options.missing_as_nan)
        scanner.fail("missing value " + detail::quoted(cell) + " in " +
                     column_place(table.columns, i));
      if (missing) number = std::numeric_limits<Scalar>::quiet_NaN();
      if (!number)
        scanner.fail(expected_number + detail::quoted(cell) + " in " +
                     column_place(table.columns, i));
      values.push_back(*number);
    }
  }
  auto columns = static_cast<Index>(width);
  table.values = Tensor::from({static_cast<Index>(values.size()) / columns, columns}, values);
  return table;
}

}  // namespace

Index CsvTable::column(std::string_view name) const { return find_column(columns, name); }
Index CsvText::column(std::string_view name) const { return find_column(columns, name); }

const std::string& CsvText::cell(Index row, std::string_view name) const {
  if (row < 0 || row >= static_cast<Index>(rows.size()))
    throw RangeError("row " + std::to_string(row) + " of a table of " +
                     std::to_string(rows.size()) + " rows");
  return rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column(name))];
}

CsvText read_csv_text(const std::string& path, const CsvOptions& options) {
  return detail::read_within_memory(path,
                                    [&] { return parse_text(path, read_text(path), options); });
}

CsvTable read_csv(const std::string& path, const CsvOptions& options) {
  return detail::read_within_memory(path,
                                    [&] { return parse_numbers(path, read_text(path), options); });
}

}}  // namespace nn::NN_PRECISION
