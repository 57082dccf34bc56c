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
#include "nn/data/libsvm.hpp"
#include "nn/data/mapped.hpp"
#include "nn/data/pipeline.hpp"
#include "nn/data/table.hpp"
#include "nn/data/usps.hpp"
#include "nn/io/file.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/onnx/onnx.hpp"
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

std::string_view without_blanks(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

/// The rows with the header, all of it text; nothing if it is no table.
std::vector<std::vector<std::string>> cells_of(std::string_view bytes, char separator) {
  TableOptions options{.header = false, .separator = separator, .missing = {}};
  const auto read = [&] {
    return read_bytes(bytes, [&](const std::string& path) { return read_table(path, options); });
  };
  auto table = read();
  if (!table) return {};
  for (const std::string& name : table->columns()) options.types[name] = ColumnKind::text;
  table = read();
  require(table.has_value(), "table: no text");
  std::vector<std::vector<std::string>> rows(static_cast<std::size_t>(table->rows()));
  for (const std::string& name : table->columns())
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].push_back(table->text(name)[i]);
  return rows;
}

void require_cells(const std::vector<std::vector<std::string>>& rows, char separator) {
  std::string text;
  for (const auto& row : rows) {
    text += quoted_line(row, separator);
    for (const auto& cell : row) require(cell.find('\0') == cell.npos, "table: a NUL byte");
  }
  require(cells_of(text, separator) == rows, "table: quotes change it");
}

/// A column's cell is its number or text, or missing.
void require_cell(const Table& table, const std::string& name, std::size_t row,
                  const std::string& cell) {
  if (table.is_text(name)) {
    const std::string& text = table.text(name)[row];
    require(text.empty() || text == cell, "table: not the text of its cell");
  } else {
    const double value = table.numbers(name)[row];
    const auto number = parse_number<double>(without_blanks(cell));
    require(std::isnan(value) || (number && *number == value), "table: not its cell's number");
  }
}

/// A name of one column finds it; one of several is an error.
void require_table(const Table& table, std::vector<std::vector<std::string>> rows, bool header) {
  if (header) rows.erase(rows.begin());
  const auto names = table.columns();
  require(table.rows() == std::ssize(rows), "table: another number of rows");
  for (std::size_t j = 0; j < names.size(); ++j) {
    const bool is_alone = std::count(names.begin(), names.end(), names[j]) == 1;
    try {
      for (std::size_t i = 0; i < rows.size(); ++i) require_cell(table, names[j], i, rows[i][j]);
      require(is_alone || rows.empty(), "table: one of several columns");
    } catch (const DataError&) {
      require(!is_alone, "table: a name without a column");
    }
  }
}

}  // namespace

/// The first byte chooses the options.
void table(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto choice = static_cast<unsigned char>(bytes[0]);
  const TableOptions options{.header = (choice & 1) != 0, .separator = choice & 4 ? ';' : ','};
  bytes.remove_prefix(1);
  const auto rows = cells_of(bytes, options.separator);
  if (!rows.empty()) require_cells(rows, options.separator);
  auto table =
      read_bytes(bytes, [&](const std::string& path) { return read_table(path, options); });
  if (!table) return;
  require(!rows.empty(), "table: of what is no table");
  require_table(*table, rows, options.header);
}

/// What is read is written and read as the same pipeline.
void pipeline(std::string_view bytes) {
  try {
    const Pipeline pipeline = Pipeline::from_json(std::string(bytes));
    const std::string json = pipeline.to_json();
    const Pipeline again = Pipeline::from_json(json);
    require(again.to_json() == json, "pipeline: another one when read back");
    Table table;
    for (const PipelineInput& input : pipeline.expects())
      if (input.kind == ColumnKind::text) {
        table.add(input.name, std::vector<std::string>{input.categories[0], ""});
      } else {
        table.add(input.name, std::vector<double>{1, NAN});
      }
    const Tensor x = pipeline.transform(table);
    require(x.size(1) == std::ssize(pipeline.features()), "pipeline: features");
    require(equal(x, again.transform(table)), "pipeline: other numbers when read back");
  } catch (const DataError&) {
  }
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

/// The network is one of the library's layers alone.
void onnx(std::string_view bytes) {
  auto net = read_bytes(bytes, read_onnx);
  if (!net) return;
  const auto copy = net->clone();
  require(copy->parameter_count() == net->parameter_count(), "onnx: a copy is another network");
}

void libsvm(std::string_view bytes) {
  for (bool zero_based : {false, true}) {
    auto data = read_bytes(bytes, [&](const std::string& path) {
      return read_libsvm(path, {.zero_based = zero_based});
    });
    if (data) require(data->x.rank() == 2 && data->x.size(0) == data->y.size(0), "libsvm: shapes");
  }
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
