#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/io/csv.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

std::string quoted_cell(const std::string& cell) {
  std::string result = "\"";
  for (char c : cell) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

}  // namespace

CsvWriter::CsvWriter(std::string path, const std::vector<std::string>& columns)
    : path_(std::move(path)), columns_(columns.size()) {
  if (columns.empty()) throw ArgumentError("CsvWriter: expected at least one column");
  text_ = csv_line(CsvRow(columns.begin(), columns.end()));
}

void CsvWriter::row(const CsvRow& cells) {
  if (cells.size() != columns_)
    throw ArgumentError("CsvWriter, " + path_ + ": expected " + std::to_string(columns_) +
                        " cells, got " + std::to_string(cells.size()));
  text_ += csv_line(cells);
}

std::string csv_line(const CsvRow& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string& cell = cells[i].text();
    if (cell.find('\0') != std::string::npos)
      throw ArgumentError("CSV: a NUL byte in the cell " + detail::in_quotes(cell));
    // An empty cell that is alone is quoted, because its line would be blank; U+FEFF, because at
    // the start of a file it would be a byte order mark.
    const bool needs_quotes = cell.find_first_of(",\"\r\n") != std::string::npos ||
                              (cell.empty() && cells.size() == 1) ||
                              cell.starts_with("\xef\xbb\xbf");
    if (i > 0) line += ',';
    line += needs_quotes ? quoted_cell(cell) : cell;
  }
  return line + '\n';
}

void CsvWriter::write() const { write_file(path_, text_); }

void write_csv(const std::string& path, const std::vector<std::string>& columns,
               const std::vector<CsvRow>& rows) {
  CsvWriter writer(path, columns);
  for (const auto& row : rows) writer.row(row);
  writer.write();
}

void write_csv(const std::string& path, const std::vector<std::string>& columns,
               const Tensor& values) {
  if (values.rank() != 2 || values.size(1) != static_cast<Index>(columns.size()))
    throw ShapeError("write_csv, " + path + ": expected (rows, " + std::to_string(columns.size()) +
                     "), got " + values.shape().to_string());
  CsvWriter writer(path, columns);
  for (Index i = 0; i < values.size(0); ++i) {
    CsvRow row;
    for (Index j = 0; j < values.size(1); ++j) row.emplace_back(values(i, j));
    writer.row(row);
  }
  writer.write();
}

}}  // namespace nn::NN_PRECISION
