#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nn/core/tensor.hpp"

/// Tables with a name for each column, in memory and from files.
namespace nn { inline namespace NN_PRECISION {

/// What a column holds.
enum class ColumnKind { numbers, text };

/// Columns of equal length. Each holds numbers, in double, or text. A missing number is NaN, a
/// missing text is empty.
///
///     const Table table = read_table("penguins.csv");
///     const std::vector<double>& mass = table.numbers("body_mass_g");
///     const Table features = table.without({"species"});
///
/// Columns may have equal names, which then tell none of them apart.
///
/// Errors: DataError for a name that no column has, or more than one, and for a column of the other
/// kind; the message tells which columns there are. RangeError for a row that does not exist.
///
/// Thread safety: const member functions may be called from several threads at once.
class Table {
 public:
  /// The number of rows.
  Index rows() const { return rows_; }
  /// The names, in order.
  std::vector<std::string> columns() const;
  /// Whether any column has this name.
  bool has(std::string_view name) const;

  /// Whether a column holds text; its numbers; its text.
  bool is_text(std::string_view name) const;
  const std::vector<double>& numbers(std::string_view name) const;
  const std::vector<std::string>& text(std::string_view name) const;

  /// A new column at the end. ShapeError unless it is as long as the others.
  void add(std::string name, std::vector<double> numbers);
  void add(std::string name, std::vector<std::string> text);

  /// Tables of some columns, in the order of `names`; of the others; and of some rows. Copies.
  Table select(const std::vector<std::string>& names) const;
  Table without(const std::vector<std::string>& names) const;
  Table take(const std::vector<Index>& rows) const;

  /// Columns of numbers as a tensor, (rows, columns): all, or those named. RangeError, besides, for
  /// a number that is too large for Scalar.
  Tensor values() const;
  Tensor values(const std::vector<std::string>& names) const;

  /// Where a row comes from, for messages: "penguins.csv:17"; "row 15", counted from 0, if it was
  /// read from no file.
  std::string place(Index row) const;

 private:
  friend class TableReader;
  struct Column {
    std::string name;
    std::variant<std::vector<double>, std::vector<std::string>> cells;
    std::string reason = {};  // why it was read as text: its first cell that is no number
  };

  const Column& column(std::string_view name) const;
  static const std::vector<double>& numbers_of(const Column& column);
  Tensor tensor_of(const std::vector<const Column*>& columns) const;
  std::string known_columns() const;
  void add(Column column, std::size_t size);

  std::vector<Column> columns_;
  Index rows_ = 0;
  std::string path_;
  std::vector<Index> lines_;  // of the rows in the file; empty without a file
};

/// How read_table() understands a file.
struct TableOptions {
  bool header = true;  // the first line names the columns; else they are "1", "2", ...
  char separator = ',';
  /// Cells that are missing, besides empty ones.
  std::vector<std::string> missing = {"NA",  "NaN",  "nan",  "?",   "N/A",
                                      "n/a", "#N/A", "NULL", "null"};
  std::map<std::string, ColumnKind> types = {};  // by name; the other columns' are found by reading
};

/// Reads a table by RFC 4180, unpacked if it is gzip-compressed: separators between cells; a cell
/// with a separator, a quote (doubled) or a line end is in double quotes. Lines end with LF, CRLF
/// or CR; a UTF-8 byte order mark and blank lines at the end are ignored. Any other blank line is a
/// row of one empty cell; as a header it is refused. Every row must have as many cells as the first
/// line. A header without rows gives 0 rows.
///
/// A column holds numbers if each of its cells is a number or missing; else it holds text. Numbers
/// have a decimal point in every locale, and a sign, "+" or "-", or none. "inf" and "infinity" are
/// numbers, "nan" is a missing one, in small and capital letters. Blanks around a number, and
/// around what stands for a missing cell, do not matter. Text is UTF-8, kept as it is.
///
/// DataError: "path:line: what was expected", also for a NUL byte, for text that is not UTF-8 and
/// for what is no number in a column that is said to hold them; "path: ..." for an empty file, for
/// a type of a column that does not exist, and beyond read_limit(): a table may take 8 times as
/// much memory, and a cell of text takes some 40 bytes. ArgumentError for a quote or a line end as
/// separator.
Table read_table(const std::string& path, const TableOptions& options = {});

}}  // namespace nn::NN_PRECISION
