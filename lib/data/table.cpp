#include "nn/data/table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace nn { inline namespace NN_PRECISION {

std::vector<std::string> Table::columns() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.name);
  return names;
}

bool Table::has(std::string_view name) const {
  return std::any_of(columns_.begin(), columns_.end(),
                     [&](const Column& column) { return column.name == name; });
}

std::string Table::known_columns() const {
  constexpr std::size_t most = 50;
  std::string list;
  for (std::size_t i = 0; i < std::min(most, columns_.size()); ++i)
    list += (i == 0 ? "" : ", ") + columns_[i].name;
  return list + (columns_.size() > most ? ", ..." : "");
}

const Table::Column& Table::column(std::string_view name) const {
  const Column* found = nullptr;
  Index count = 0;
  for (const Column& column : columns_)
    if (column.name == name) found = &column, ++count;
  if (count == 1) return *found;
  const std::string path = path_.empty() ? "" : path_ + ": ";
  if (count > 1)
    throw DataError(path + std::to_string(count) + " columns are named " + detail::in_quotes(name));
  throw DataError(path + "no column " + detail::in_quotes(name) + " among: " + known_columns());
}

bool Table::is_text(std::string_view name) const {
  return std::holds_alternative<std::vector<std::string>>(column(name).cells);
}

const std::vector<double>& Table::numbers_of(const Column& column) {
  if (const auto* numbers = std::get_if<std::vector<double>>(&column.cells)) return *numbers;
  throw DataError("column " + detail::in_quotes(column.name) + " holds text, not numbers" +
                  (column.reason.empty() ? "" : ": " + column.reason));
}

const std::vector<double>& Table::numbers(std::string_view name) const {
  return numbers_of(column(name));
}

const std::vector<std::string>& Table::text(std::string_view name) const {
  if (const auto* text = std::get_if<std::vector<std::string>>(&column(name).cells)) return *text;
  throw DataError("column " + detail::in_quotes(name) + " holds numbers, not text");
}

void Table::add(Column column, std::size_t size) {
  if (!columns_.empty() && static_cast<Index>(size) != rows_)
    throw ShapeError("Table::add: column " + detail::in_quotes(column.name) + " has " +
                     std::to_string(size) + " rows, the table " + std::to_string(rows_));
  columns_.push_back(std::move(column));
  rows_ = static_cast<Index>(size);
}

void Table::add(std::string name, std::vector<double> numbers) {
  const std::size_t size = numbers.size();
  add(Column{std::move(name), std::move(numbers)}, size);
}

void Table::add(std::string name, std::vector<std::string> text) {
  const std::size_t size = text.size();
  add(Column{std::move(name), std::move(text)}, size);
}

Table Table::select(const std::vector<std::string>& names) const {
  Table table;
  for (const std::string& name : names) table.columns_.push_back(column(name));
  table.rows_ = rows_;
  table.path_ = path_;
  table.lines_ = lines_;
  return table;
}

Table Table::without(const std::vector<std::string>& names) const {
  for (const std::string& name : names) (void)column(name);
  Table table;
  for (const Column& column : columns_)
    if (std::find(names.begin(), names.end(), column.name) == names.end())
      table.columns_.push_back(column);
  table.rows_ = rows_;
  table.path_ = path_;
  table.lines_ = lines_;
  return table;
}

Table Table::take(const std::vector<Index>& rows) const {
  for (Index row : rows)
    if (row < 0 || row >= rows_)
      throw RangeError("row " + std::to_string(row) + " of a table of " + std::to_string(rows_) +
                       " rows");
  const auto taken = [&](const auto& all) {
    std::remove_cvref_t<decltype(all)> some;
    some.reserve(rows.size());
    for (Index row : rows) some.push_back(all[static_cast<std::size_t>(row)]);
    return some;
  };
  Table table;
  for (const Column& column : columns_) {
    table.columns_.push_back({column.name, {}, column.reason});
    std::visit([&](const auto& cells) { table.columns_.back().cells = taken(cells); },
               column.cells);
  }
  table.rows_ = std::ssize(rows);
  table.path_ = path_;
  if (!lines_.empty()) table.lines_ = taken(lines_);
  return table;
}

Tensor Table::values() const {
  std::vector<const Column*> all;
  for (const Column& column : columns_) all.push_back(&column);
  return tensor_of(all);
}

Tensor Table::values(const std::vector<std::string>& names) const {
  std::vector<const Column*> named;
  for (const std::string& name : names) named.push_back(&column(name));
  return tensor_of(named);
}

Tensor Table::tensor_of(const std::vector<const Column*>& columns) const {
  std::vector<const double*> cells;
  for (const Column* column : columns) cells.push_back(numbers_of(*column).data());
  Tensor values({rows_, std::ssize(columns)});
  Scalar* value = values.data();
  for (Index i = 0; i < rows_; ++i)
    for (std::size_t j = 0; j < columns.size(); ++j, ++value) {
      const double number = cells[j][i];
      *value = static_cast<Scalar>(number);
      if (std::isinf(*value) && !std::isinf(number))
        throw RangeError(place(i) + ": column " + detail::in_quotes(columns[j]->name) + ": " +
                         to_text(number) + " is too large");
    }
  return values;
}

std::string Table::place(Index row) const {
  if (row < 0 || row >= std::ssize(lines_)) return "row " + std::to_string(row);
  return path_ + ":" + std::to_string(lines_[static_cast<std::size_t>(row)]);
}

}}  // namespace nn::NN_PRECISION
