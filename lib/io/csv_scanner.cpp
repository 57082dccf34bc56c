#include "io/csv_scanner.hpp"

#include <algorithm>

#include "io/file_errors.hpp"
#include "io/read_limit.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

CsvScanner::CsvScanner(std::string_view text, const std::string& path, char separator)
    : text_(text.substr(0, text.find_last_not_of("\r\n") + 1)),  // npos + 1 is 0: no text
      path_(path),
      separator_(separator),
      memory_limit_(table_limit_of(path)) {
  if (separator == '"' || separator == '\n' || separator == '\r')
    throw ArgumentError(path + ": a quote or a line end cannot separate cells");
  if (text_.empty()) throw DataError(path + ": no data");
}

void CsvScanner::check_memory(std::size_t bytes) const {
  if (bytes > memory_limit_) fail_beyond_limit(path_, memory_limit_);
}

void CsvScanner::fail(const std::string& what) const {
  throw DataError(path_ + ":" + std::to_string(record_line_) + ": " + what);
}

bool CsvScanner::next(std::vector<std::string>& cells) {
  if (at_end_) return false;
  cells.clear();
  record_line_ = line_;
  record_memory_ = sizeof cells + 16;  // of the allocator
  for (bool more = true; more;) {
    more = read_cell(cells.emplace_back());
    record_memory_ += sizeof cells.back() + cells.back().size() / 16 * 16;  // short text is inside
    check_memory(record_memory_);
  }
  if (width_ == 0) width_ = cells.size();
  if (cells.size() != width_)
    fail("expected " + std::to_string(width_) + " cells as in the first line, got " +
         std::to_string(cells.size()));
  return true;
}

/// Reads a cell and the separator or line end after it. Returns whether the record goes on.
bool CsvScanner::read_cell(std::string& cell) {
  if (position_ < text_.size() && text_[position_] == '"') {
    read_quoted(cell);
  } else {
    read_plain(cell);
  }
  if (cell.find('\0') != std::string::npos)
    fail("a NUL byte in the cell " + quoted(cell) + "; is the text not UTF-8?");
  if (position_ == text_.size()) {
    at_end_ = true;
    return false;
  }
  if (text_[position_] == separator_) {
    ++position_;
    return true;
  }
  if (text_.substr(position_).starts_with("\r\n")) ++position_;
  if (!at_line_end(position_)) fail("expected the end of the cell after its closing quote");
  ++position_;
  ++line_;
  return false;
}

void CsvScanner::read_plain(std::string& cell) {
  auto end = position_;
  while (end < text_.size() && text_[end] != separator_ && !at_line_end(end)) ++end;
  cell = text_.substr(position_, end - position_);
  if (cell.find('"') != std::string::npos)
    fail("a quote inside the cell " + quoted(cell) + ", which does not begin with one");
  position_ = end;
}

void CsvScanner::read_quoted(std::string& cell) {
  for (;;) {
    auto begin = position_ + 1, end = text_.find('"', begin);
    if (end == std::string_view::npos) fail("the quote that opens a cell is never closed");
    auto piece = text_.substr(begin, end - begin);
    cell += piece;
    for (auto at = begin; at < end; ++at)
      if (at_line_end(at) && !text_.substr(at).starts_with("\r\n")) ++line_;
    position_ = end + 1;
    if (position_ == text_.size() || text_[position_] != '"') return;
    cell += '"';  // two quotes stand for one; the second begins the next piece
  }
}

}}}  // namespace nn::NN_PRECISION::detail
