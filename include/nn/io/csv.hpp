#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "nn/core/number.hpp"
#include "nn/core/tensor.hpp"

/// Writes tables as text, by RFC 4180: commas separate cells; a cell with a comma, a quote
/// (doubled) or a line end is in double quotes. Numbers have a decimal point in every locale.
/// read_table() reads them (nn/data/table.hpp).
namespace nn { inline namespace NN_PRECISION {

/// A cell to write: text, or a number in the shortest form that reads back as the same number.
class CsvCell {
 public:
  CsvCell(std::string_view text) : text_(text) {}
  CsvCell(const std::string& text) : text_(text) {}
  CsvCell(const char* text) : text_(text) {}
  CsvCell(float value) : text_(to_text(value)) {}
  CsvCell(double value) : text_(to_text(value)) {}
  template <std::integral Integer>
  requires(!std::same_as<Integer, char>) CsvCell(Integer value) : text_(std::to_string(value)) {}

  /// As it is written, but for quotes.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// The cells of a row, in the order of the columns.
using CsvRow = std::vector<CsvCell>;

/// A row as a line, with its end. ArgumentError for a NUL byte in a cell.
std::string csv_line(const CsvRow& cells);

/// Collects a table in memory; write() writes it, whole or not at all:
///
///     CsvWriter history("history.csv", {"epoch", "metric", "value"});
///     history.row({epoch, "loss", loss});
///     history.write();
///
/// Thread safety: row() changes the writer; one thread at a time.
class CsvWriter {
 public:
  CsvWriter(std::string path, const std::vector<std::string>& columns);

  /// ArgumentError if there are more or fewer cells than columns, or for a NUL byte in a cell.
  void row(const CsvRow& cells);
  /// Writes the rows so far. May be called again after more rows. DataError as write_file.
  void write() const;

 private:
  std::string path_, text_;
  std::size_t columns_;
};

/// Writes a whole table; errors as CsvWriter.
void write_csv(const std::string& path, const std::vector<std::string>& columns,
               const std::vector<CsvRow>& rows);
/// The same for values (rows, columns); ShapeError if it does not fit the columns.
void write_csv(const std::string& path, const std::vector<std::string>& columns,
               const Tensor& values);

}}  // namespace nn::NN_PRECISION
