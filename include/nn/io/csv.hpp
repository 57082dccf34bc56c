#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "nn/core/number.hpp"
#include "nn/core/tensor.hpp"

/// Tables as text, by RFC 4180: commas separate cells; a cell with a comma, a quote (doubled) or a
/// line end is in double quotes. Numbers have a decimal point in every locale.
namespace nn { inline namespace NN_PRECISION {

struct CsvOptions {
  bool header = true;           // the first line names the columns
  bool missing_as_nan = false;  // read_csv: a missing value is NaN, not an error
  char separator = ',';
};

/// A table of numbers.
struct CsvTable {
  std::vector<std::string> columns;  // empty without a header
  Tensor values;                     // (rows, columns)

  /// The position of a column; DataError if there is none of that name, or more than one.
  Index column(std::string_view name) const;
};

/// A table of text.
struct CsvText {
  std::vector<std::string> columns;  // empty without a header
  std::vector<std::vector<std::string>> rows;

  /// As CsvTable's.
  Index column(std::string_view name) const;
  /// The cell in that row and column; RangeError if there is no such row, DataError as column().
  const std::string& cell(Index row, std::string_view name) const;
};

/// Read a table, unpacked if it is gzip-compressed. Lines end with LF, CRLF or CR; a UTF-8 byte
/// order mark and blank lines at the end are ignored. Any other blank line is a row of one empty
/// cell; as a header it is refused. Every row must have as many cells as the first line. A header
/// without rows gives 0 rows. Two columns may have one name: then only their positions tell them
/// apart. DataError: "path:line: what was expected", also for a NUL byte; "path: no data" for an
/// empty file; and beyond read_limit(). ArgumentError for a quote or a line end as separator.
///
/// In read_csv blanks around a cell and the case of its letters do not matter. A cell is one of
///
///     a missing value    empty, "?", "NA", "NaN", as C writes it too: "-nan", "nan(1)"
///     a number           in Scalar's range: "1e999" is an error; a sign may be "+" or "-"
///     an infinity        "inf" or "infinity", with or without a sign
///
/// A table of text takes some 40 bytes of memory for each row, and for each cell.
CsvTable read_csv(const std::string& path, const CsvOptions& options = {});
CsvText read_csv_text(const std::string& path, const CsvOptions& options = {});

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

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

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

void write_csv(const std::string& path, const std::vector<std::string>& columns,
               const std::vector<CsvRow>& rows);
/// values: (rows, columns); ShapeError if it does not fit the columns.
void write_csv(const std::string& path, const std::vector<std::string>& columns,
               const Tensor& values);

}}  // namespace nn::NN_PRECISION
