#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Splits CSV text into records and cells, and removes quotes. Private to lib/.
class CsvScanner {
 public:
  /// `path` is for messages. DataError "no data" if the text has nothing but line ends;
  /// ArgumentError for a separator that quotes or ends lines.
  CsvScanner(std::string_view text, const std::string& path, char separator);

  /// Reads the next record's cells; false at the end. DataError for wrong quotes and NUL bytes, and
  /// unless the record has as many cells as the first one.
  bool next(std::vector<std::string>& cells);

  /// Whether the next record is a line without a character. Not at the end.
  bool at_blank_line() const { return at_line_end(position_); }

  /// What the last record takes of memory, roughly.
  std::size_t record_memory() const { return record_memory_; }
  /// DataError if a table may not take so many bytes of memory. next() checks each record.
  void check_memory(std::size_t bytes) const;

  /// Throws DataError "path:line: what" with the line where the last record begins.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  bool read_cell(std::string& cell);
  bool at_line_end(std::size_t position) const {
    return text_[position] == '\n' || text_[position] == '\r';
  }
  void read_plain(std::string& cell);
  void read_quoted(std::string& cell);

  std::string_view text_;
  const std::string& path_;
  char separator_;
  std::size_t memory_limit_, record_memory_ = 0, position_ = 0, width_ = 0;
  Index line_ = 1, record_line_ = 1;
  bool at_end_ = false;
};

}}}  // namespace nn::NN_PRECISION::detail
