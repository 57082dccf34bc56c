#include "io/csv_scanner.hpp"

#include <utility>

#include "core/decimal.hpp"
#include "io/file_errors.hpp"
#include "io/read_limit.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

bool is_in_numbers(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("+-.()_").find(c) != std::string_view::npos;
}

}  // namespace

CsvScanner::CsvScanner(std::string_view text, const std::string& path, char separator)
    : text_(text.substr(0, text.find_last_not_of("\r\n") + 1)),  // npos + 1 is 0: no text
      path_(path),
      separator_(separator),
      reads_numbers_(!is_in_numbers(separator)),
      memory_limit_(table_limit_of(path)) {
  if (separator == '"' || separator == '\n' || separator == '\r')
    throw ArgumentError(path + ": a quote or a line end cannot separate cells");
  if (text_.empty()) throw DataError(path + ": no data");
  for (next_record(); in_record_;) cell();
  width_ = cells_;
  restart();
}

void CsvScanner::restart() {
  position_ = 0;
  line_ = 1;
}

void CsvScanner::check_memory(std::size_t bytes) const {
  if (bytes > memory_limit_) fail_beyond_limit(path_, memory_limit_);
}

void CsvScanner::fail(const std::string& what) const {
  throw DataError(path_ + ":" + std::to_string(record_line_) + ": " + what);
}

bool CsvScanner::next_record() {
  if (position_ == text_.size()) return false;
  record_line_ = line_;
  cells_ = 0;
  return in_record_ = true;
}

std::string_view CsvScanner::cell() {
  const bool quoted_one = position_ < text_.size() && text_[position_] == '"';
  const std::string_view cell = quoted_one ? quoted_cell() : plain_cell();
  if (cell.find('\0') != cell.npos)
    fail("a NUL byte in the cell " + in_quotes(cell) + "; is the text not UTF-8?");
  end_cell();
  return cell;
}

bool CsvScanner::number(double& value) {
  const char *first = text_.data() + position_, *last = text_.data() + text_.size();
  const char* end = reads_numbers_ ? read_number(first, last, value) : nullptr;
  if (!end || (end != last && *end != separator_ && *end != '\n' && *end != '\r')) return false;
  position_ += static_cast<std::size_t>(end - first);
  end_cell();
  return true;
}

/// Passes the separator or the line end after a cell.
void CsvScanner::end_cell() {
  ++cells_;
  in_record_ = position_ < text_.size() && text_[position_] == separator_;
  if (in_record_) {
    ++position_;
  } else if (position_ < text_.size()) {
    if (text_.substr(position_).starts_with("\r\n")) ++position_;
    if (!at_line_end(position_)) fail("expected the end of the cell after its closing quote");
    ++position_;
    ++line_;
  }
  if (width_ > 0 && in_record_ != (cells_ < width_)) fail_width();
}

void CsvScanner::fail_width() {
  const std::size_t expected = std::exchange(width_, 0);
  while (in_record_) cell();
  fail("expected " + std::to_string(expected) + " cells as in the first line, got " +
       std::to_string(cells_));
}

std::string_view CsvScanner::plain_cell() {
  const auto begin = position_;
  auto end = begin;
  while (end < text_.size() && text_[end] != separator_ && !at_line_end(end)) ++end;
  const auto cell = text_.substr(begin, end - begin);
  if (cell.find('"') != cell.npos)
    fail("a quote inside the cell " + in_quotes(cell) + ", which does not begin with one");
  position_ = end;
  return cell;
}

std::string_view CsvScanner::quoted_cell() {
  for (bool is_first = true;; is_first = false) {
    auto begin = position_ + 1, end = text_.find('"', begin);
    if (end == text_.npos) fail("the quote that opens a cell is never closed");
    auto piece = text_.substr(begin, end - begin);
    for (auto at = begin; at < end; ++at)
      if (at_line_end(at) && !text_.substr(at).starts_with("\r\n")) ++line_;
    position_ = end + 1;
    const bool is_last = position_ == text_.size() || text_[position_] != '"';
    if (is_first && is_last) return piece;
    if (is_first) unquoted_.clear();
    unquoted_ += piece;
    if (is_last) return unquoted_;
    unquoted_ += '"';  // two quotes stand for one; the second begins the next piece
  }
}

}}}  // namespace nn::NN_PRECISION::detail
