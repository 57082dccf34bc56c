#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Splits CSV text into records of equally many cells, and removes quotes. Private to lib/.
///
///     while (scanner.next_record())
///       for (std::size_t i = 0; i < scanner.width(); ++i) use(scanner.cell());
class CsvScanner {
 public:
  /// `path` is for messages. DataError "no data" if the text has nothing but line ends;
  /// ArgumentError for a separator that quotes or ends lines.
  CsvScanner(std::string_view text, const std::string& path, char separator);

  /// How many cells the first record has.
  std::size_t width() const { return width_; }

  /// Begins the next record; false at the end. All cells of the last one must have been read.
  bool next_record();

  /// The next cell of the record, good until the next call. DataError for wrong quotes and NUL
  /// bytes, and if the record has more or fewer cells than the first one.
  std::string_view cell();
  /// The same for a cell that is a number in its plainest form. Else it returns false and leaves
  /// the cell to cell().
  bool number(double& value);

  /// Back to the first record.
  void restart();

  /// Whether the next record is a line without a character. Not at the end.
  bool at_blank_line() const { return at_line_end(position_); }
  /// Where the record begins.
  Index line() const { return record_line_; }

  /// DataError if a table may not take so many bytes of memory.
  void check_memory(std::size_t bytes) const;
  /// Throws DataError "path:line: what" with the line where the record begins.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  bool at_line_end(std::size_t position) const {
    return text_[position] == '\n' || text_[position] == '\r';
  }
  std::string_view plain_cell();
  std::string_view quoted_cell();
  void end_cell();
  [[noreturn]] void fail_width();

  std::string_view text_;
  const std::string& path_;
  char separator_;
  bool reads_numbers_;  // no number goes on after a separator
  std::size_t memory_limit_, position_ = 0;
  std::size_t width_ = 0;  // 0 while the first record is being counted
  std::size_t cells_ = 0;  // of the record, so far
  bool in_record_ = false;
  Index line_ = 1, record_line_ = 1;
  std::string unquoted_;  // a cell with doubled quotes
};

}}}  // namespace nn::NN_PRECISION::detail
