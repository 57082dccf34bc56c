#include <algorithm>
#include <limits>
#include <optional>

#include "io/csv_scanner.hpp"
#include "io/file_errors.hpp"
#include "io/json_scanner.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/data/table.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

std::string_view trim_blanks(std::string_view cell) {
  auto first = std::min(cell.find_first_not_of(" \t"), cell.size());
  cell.remove_prefix(first);
  return cell.substr(0, cell.find_last_not_of(" \t") + 1);
}

}  // namespace

/// Reads the records twice: for the numbers, which shows what is text, and then for the text.
class TableReader {
 public:
  TableReader(const std::string& path, std::string_view text, const TableOptions& options)
      : scanner_(text, path, options.separator), options_(options) {
    table_.path_ = path;
    columns_.reserve(scanner_.width());
    numbers_may_be_missing_ =
        std::any_of(options.missing.begin(), options.missing.end(),
                    [](const std::string& cell) { return parse_number<double>(cell).has_value(); });
  }

  Table read() {
    scanner_.check_memory(scanner_.width() * sizeof(Table::Column));
    name_columns();
    apply_types();
    read_numbers();
    if (std::any_of(columns_.begin(), columns_.end(), [](auto& c) { return is_text(c); }))
      read_text();
    table_.rows_ = std::ssize(table_.lines_);
    return std::move(table_);
  }

 private:
  using Numbers = std::vector<double>;
  using Text = std::vector<std::string>;

  static bool is_text(const Table::Column& column) {
    return std::holds_alternative<Text>(column.cells);
  }

  bool is_missing(std::string_view cell) const {
    const auto& missing = options_.missing;
    return cell.empty() || std::find(missing.begin(), missing.end(), cell) != missing.end();
  }

  std::string_view text_cell() {
    const std::string_view cell = scanner_.cell();
    if (detail::find_invalid_utf8(cell) != cell.npos)
      scanner_.fail("expected text in UTF-8, got " + detail::in_quotes(cell));
    return cell;
  }

  void name_columns() {
    const bool is_blank = scanner_.at_blank_line();
    if (options_.header) scanner_.next_record();
    if (options_.header && is_blank) scanner_.fail("expected a header, got an empty line");
    for (std::size_t i = 0; i < scanner_.width(); ++i)
      columns_.push_back(
          {options_.header ? std::string(text_cell()) : std::to_string(i + 1), Numbers()});
  }

  /// What the options say. Columns of no given type are numbers until a cell shows that they are
  /// not.
  void apply_types() {
    for (const auto& [name, kind] : options_.types) {
      (void)table_.column(name);
      for (Table::Column& column : columns_)
        if (column.name == name && kind == ColumnKind::text) column.cells = Text();
    }
  }

  void read_numbers() {
    const std::size_t record_memory = sizeof(Index) + scanner_.width() * sizeof(double);
    while (scanner_.next_record()) {
      table_.lines_.push_back(scanner_.line());
      scanner_.check_memory(table_.lines_.capacity() * record_memory);
      for (Table::Column& column : columns_) {
        double number = 0;
        if (auto* numbers = std::get_if<Numbers>(&column.cells); !numbers) {
          scanner_.cell();
        } else if ((!numbers_may_be_missing_ && scanner_.number(number)) || parse(column, number)) {
          numbers->push_back(number);
        }
      }
    }
  }

  /// The number in a cell that is not plain; NaN if it is missing. False if the column turns out to
  /// be text.
  bool parse(Table::Column& column, double& number) {
    const std::string_view cell = scanner_.cell(), trimmed = trim_blanks(cell);
    const auto parsed = is_missing(trimmed) ? std::numeric_limits<double>::quiet_NaN()
                                            : parse_number<double>(trimmed);
    if (parsed) {
      number = *parsed;
      return true;
    }
    const std::string got = "expected a number, got " + detail::in_quotes(cell);
    if (options_.types.contains(column.name))
      scanner_.fail(got + " in column " + detail::in_quotes(column.name));
    column.reason = table_.path_ + ":" + std::to_string(scanner_.line()) + ": " + got;
    column.cells = Text();
    return false;
  }

  void read_text() {
    std::size_t memory = table_.lines_.size() * sizeof(Index);
    scanner_.restart();
    if (options_.header) skip_record();
    while (scanner_.next_record())
      for (Table::Column& column : columns_) {
        auto* text = std::get_if<Text>(&column.cells);
        const std::string_view cell = text ? text_cell() : scanner_.cell();
        if (!text) continue;
        text->emplace_back(is_missing(trim_blanks(cell)) ? std::string_view() : cell);
        memory += 2 * sizeof(std::string) + text->back().size() / 16 * 16;  // short text is inside
        scanner_.check_memory(memory);
      }
  }

  void skip_record() {
    scanner_.next_record();
    for (std::size_t i = 0; i < scanner_.width(); ++i) scanner_.cell();
  }

  Table table_;
  std::vector<Table::Column>& columns_ = table_.columns_;
  detail::CsvScanner scanner_;
  const TableOptions& options_;
  bool numbers_may_be_missing_;
};

Table read_table(const std::string& path, const TableOptions& options) {
  return detail::read_within_memory(
      path, [&] { return TableReader(path, read_text(path), options).read(); });
}

}}  // namespace nn::NN_PRECISION
