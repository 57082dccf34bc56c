#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Splits CSV text into records and cells, and removes quotes. Private to lib/.
class CsvScanner {
 public:
  /// `path` is for messages. DataError "no data" if the text has nothing but line ends.
  CsvScanner(std::string_view text, const std::string& path, char separator);

  /// Reads the next record's cells; false at the end. DataError for wrong quotes, and unless the
  /// record has as many cells as the first one.
  bool next(std::vector<std::string>& cells);

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
  std::size_t position_ = 0, width_ = 0;
  Index line_ = 1, record_line_ = 1;
  bool at_end_ = false;
};

}}}  // namespace nn::NN_PRECISION::detail
