#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/data/idx.hpp"
#include "nn/data/mapped.hpp"
#include "nn/data/usps.hpp"
#include "nn/io/csv.hpp"
#include "nn/io/file.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/checkpoint.hpp"
#include "targets.hpp"

namespace nn::fuzz {
namespace {

/// A file in memory with that content.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : number_(::memfd_create("bytes", 0)) {
    require(number_ >= 0 && ::write(number_, bytes.data(), bytes.size()) == std::ssize(bytes),
            "no file in memory");
  }
  ~MemoryFile() { ::close(number_); }
  MemoryFile(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }

 private:
  int number_;
};

/// What read(path) gives for a file of these bytes; nothing if it throws a DataError, which must
/// begin with the path.
template <class Read>
auto read_bytes(std::string_view bytes, Read read) -> std::optional<decltype(read(std::string()))> {
  MemoryFile file(bytes);
  try {
    return read(file.path());
  } catch (const DataError& error) {
    require(std::string_view(error.what()).starts_with(file.path()), "an error without the path");
    return {};
  }
}

template <class Holds>
void require_each(const Tensor& t, Holds holds, const char* what) {
  require(t.is_contiguous() && std::all_of(t.data(), t.data() + t.numel(), holds), what);
}

std::string quoted_line(const std::vector<std::string>& cells, char separator) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells[0]) line += separator;
    line += '"';
    for (char c : cell) line += c == '"' ? "\"\"" : std::string(1, c);
    line += '"';
  }
  return line + '\n';
}

/// The table, with every cell in quotes, is read as the same table.
void require_quotes_change_nothing(const CsvText& table, const CsvOptions& options) {
  std::string text;
  if (options.header) text += quoted_line(table.columns, options.separator);
  for (const auto& row : table.rows) text += quoted_line(row, options.separator);
  auto again =
      read_bytes(text, [&](const std::string& path) { return read_csv_text(path, options); });
  require(again && again->columns == table.columns && again->rows == table.rows,
          "csv: quotes change the table");
}

/// A name of one column finds it; one of several is an error. No cell has a NUL byte.
void require_names_and_text(const CsvText& table) {
  const auto whole = [](const std::string& cell) { return cell.find('\0') == cell.npos; };
  require(std::all_of(table.columns.begin(), table.columns.end(), whole), "csv: a NUL byte");
  for (const auto& row : table.rows)
    require(std::all_of(row.begin(), row.end(), whole), "csv: a NUL byte");
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& name = table.columns[i];
    const bool alone = std::count(table.columns.begin(), table.columns.end(), name) == 1;
    try {
      require(table.column(name) == static_cast<Index>(i) && alone, "csv: another column");
    } catch (const DataError&) {
      require(!alone, "csv: a name without a column");
    }
  }
}

/// Each number is its cell's, without the blanks around it.
void require_numbers_of_cells(const CsvTable& numbers, const CsvText& text) {
  require(numbers.columns == text.columns && numbers.values.size(0) == std::ssize(text.rows),
          "csv: numbers and text are not of one shape");
  for (Index i = 0; i < numbers.values.size(0); ++i) {
    const auto& row = text.rows[static_cast<std::size_t>(i)];
    require(numbers.values.size(1) == std::ssize(row), "csv: a row of another length");
    for (Index j = 0; j < numbers.values.size(1); ++j) {
      std::string_view cell = row[static_cast<std::size_t>(j)];
      while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
      while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
      auto number = parse_number(cell);
      Scalar value = numbers.values(i, j);
      require(std::isnan(value) || (number && *number == value), "csv: not the number of its cell");
    }
  }
}

}  // namespace

/// The first byte chooses the options.
void csv(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto choice = static_cast<unsigned char>(bytes[0]);
  const CsvOptions options{.header = (choice & 1) != 0,
                           .missing_as_nan = (choice & 2) != 0,
                           .separator = choice & 4 ? ';' : ','};
  bytes.remove_prefix(1);
  auto text =
      read_bytes(bytes, [&](const std::string& path) { return read_csv_text(path, options); });
  auto numbers =
      read_bytes(bytes, [&](const std::string& path) { return read_csv(path, options); });
  if (numbers) require(text.has_value(), "csv: numbers of what is no table");
  if (text) require_quotes_change_nothing(*text, options);
  if (text) require_names_and_text(*text);
  if (numbers) require_numbers_of_cells(*numbers, *text);
}

void idx(std::string_view bytes) {
  auto t = read_bytes(bytes, read_idx);
  if (!t) return;
  require(t->rank() >= 1 && t->rank() <= Shape::max_rank, "idx: rank");
  require_each(
      *t, [](Scalar v) { return v >= 0 && v <= 255 && v == std::floor(v); }, "idx: no byte");
}

void mapped(std::string_view bytes) {
  auto rows = read_bytes(bytes, [](const std::string& path) {
    const MappedArray array(path);
    std::vector<Index> ends;
    if (array.shape()[0] > 0) ends = {array.shape()[0] - 1, 0};
    Tensor out;
    array.read(ends, out);
    return out;
  });
  if (rows) require(rows->numel() <= 2 * std::ssize(bytes), "mapped: more than the file has");
}

void safetensors(std::string_view bytes) {
  auto file = read_bytes(bytes, read_safetensors);
  if (!file) return;
  std::set<std::string> names;
  Index total = 0;
  for (const auto& [name, tensor] : file->tensors) {
    require(names.insert(name).second, "safetensors: a name comes twice");
    require(tensor.is_contiguous(), "safetensors: not contiguous");
    total += tensor.numel();  // of one byte at least
  }
  require(total <= std::ssize(bytes), "safetensors: more numbers than the file has bytes");
}

/// Into a network with channels behind a Flatten, and Adam: all of it or nothing.
void checkpoint(std::string_view bytes) {
  Sequential net{Conv1D(2, 1, 2), Flatten(), Linear(4, 2)};
  MSELoss loss;
  Optim optim(net, loss, 0.1, Reduction::mean, Adam());
  const Tensor x = Tensor::ones({1, 3, 1}), y = Tensor::zeros({1, 2}), before = net.predict(x);
  auto is_unchanged = [&] { return optim.rule().steps() == 0 && equal(net.predict(x), before); };
  auto load = [&](const std::string& path) { return load_parameters(path, net), true; };
  auto load_all = [&](const std::string& path) { return load_checkpoint(path, optim), true; };
  if (!read_bytes(bytes, load)) require(is_unchanged(), "checkpoint: a part of the parameters");
  if (!read_bytes(bytes, load_all)) return;
  require(optim.rule().steps() <= UpdateRule::max_steps, "checkpoint: too many steps");
  optim.step(x, y);
  require(optim.rule().steps() >= 0, "checkpoint: a step has overflowed");
}

void usps(std::string_view bytes) {
  auto data = read_bytes(bytes, read_usps);
  if (!data) return;
  require(data->x.shape() == Shape{data->y.size(0), 256} && data->y.rank() == 1, "usps: shapes");
  require_each(
      data->x, [](Scalar v) { return v >= -1 && v <= 1; }, "usps: a value beyond -1 to 1");
  require_each(
      data->y, [](Scalar v) { return v >= 0 && v <= 9 && v == std::floor(v); }, "usps: no digit");
}

}  // namespace nn::fuzz
