#include "nn/io/safetensors.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <set>

#include "io/file_errors.hpp"
#include "io/json_scanner.hpp"
#include "io/stored_numbers.hpp"
#include "nn/core/error.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using detail::in_quotes;

constexpr std::size_t kPrefix = 8;  // bytes: the header's length

struct Entry {
  std::string name;
  const detail::Dtype* dtype;
  Shape shape;
  Index begin = 0, end = 0;  // bytes of the data
};

/// {"dtype": ..., "shape": [...], "data_offsets": [begin, end]}
Entry read_entry(detail::JsonScanner& json, const std::string& name) {
  std::string dtype;
  std::vector<Index> sizes, offsets;
  std::set<std::string> seen;
  json.list('{', '}', [&] {
    std::string key = json.string();
    json.expect(':');
    if (!seen.insert(key).second) json.fail("each key once in " + in_quotes(name));
    if (key == "dtype")
      dtype = json.string();
    else if (key == "shape")
      json.list('[', ']', [&] { sizes.push_back(json.number()); });
    else if (key == "data_offsets")
      json.list('[', ']', [&] { offsets.push_back(json.number()); });
    else
      json.fail("dtype, shape or data_offsets of " + in_quotes(name));
  });
  if (seen.size() != 3 || offsets.size() != 2)
    json.fail("dtype, shape and two data_offsets of " + in_quotes(name));
  const detail::Dtype* known = detail::find_dtype(dtype);
  if (!known)
    json.fail("a dtype that is read for " + in_quotes(name) + ", not " + in_quotes(dtype));
  return {name, known, Shape(std::span<const Index>(sizes)), offsets[0], offsets[1]};
}

std::vector<Entry> read_header(std::string_view text, const std::string& path,
                               TensorFile& content) {
  std::vector<Entry> entries;
  std::set<std::string> names;
  if (!text.starts_with('{')) throw DataError(path + ": the header does not begin with '{'");
  if (const std::size_t byte = detail::find_invalid_utf8(text); byte != text.npos)
    throw DataError(path + ": byte " + std::to_string(byte) + " of the header is not UTF-8");
  const std::string place = path + ": header";
  detail::JsonScanner json(text, place);
  json.list('{', '}', [&] {
    std::string name = json.string();
    json.expect(':');
    if (!names.insert(name).second)
      json.fail("each name once, but " + in_quotes(name) + " comes twice");
    if (name != "__metadata__") {
      entries.push_back(read_entry(json, name));
      return;
    }
    json.list('{', '}', [&] {
      std::string key = json.string();
      json.expect(':');
      if (!content.metadata.emplace(key, json.string()).second)
        json.fail("each key once, but " + in_quotes(key) + " comes twice");
    });
  });
  json.expect_end();
  return entries;
}

/// Checks that each entry has the bytes of its shape, and that together they cover the data without
/// gap or overlap.
void check_places(std::vector<Entry>& entries, Index data_size, const std::string& path) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  Index position = 0;
  for (const Entry& entry : entries) {
    Index count = entry.shape.numel(), size = entry.dtype->size;
    if (count > std::numeric_limits<Index>::max() / size || entry.begin > entry.end ||
        entry.end - entry.begin != count * size)
      throw DataError(path + ": " + in_quotes(entry.name) + ": bytes " +
                      std::to_string(entry.begin) + " to " + std::to_string(entry.end) +
                      " do not fit " + std::string(entry.dtype->name) + " of shape " +
                      entry.shape.to_string());
    if (entry.begin != position || entry.end > data_size)
      throw DataError(path + ": " + in_quotes(entry.name) + ": bytes " +
                      std::to_string(entry.begin) + " to " + std::to_string(entry.end) +
                      " overlap, leave a gap or pass the end of the file");
    position = entry.end;
  }
  if (position != data_size)
    throw DataError(path + ": " + std::to_string(data_size - position) +
                    " bytes after the last tensor");
}

Tensor read_tensor(const Entry& entry, std::string_view data, const std::string& path) {
  Tensor tensor(entry.shape);
  try {
    entry.dtype->read(data.data() + entry.begin, tensor);
  } catch (const DataError& error) {
    throw DataError(path + ": " + in_quotes(entry.name) + ": " + error.what());
  }
  return tensor;
}

}  // namespace

const Tensor& TensorFile::at(const std::string& name) const {
  for (const auto& [key, tensor] : tensors)
    if (key == name) return tensor;
  throw DataError("no tensor " + in_quotes(name));
}

namespace {

/// As a string of the header.
std::string to_json(const std::string& text) {
  if (detail::find_invalid_utf8(text) != text.npos)
    throw ArgumentError("write_safetensors: " + in_quotes(text) + " is not UTF-8");
  return detail::json_quoted(text);
}

}  // namespace

void write_safetensors(const std::string& path, const TensorFile& content) {
  std::string header = "{", data;
  std::set<std::string> names{"__metadata__"};
  if (!content.metadata.empty()) {
    header += "\"__metadata__\":{";
    for (const auto& [key, value] : content.metadata) {
      if (header.back() != '{') header += ',';
      header += to_json(key) + ":" + to_json(value);
    }
    header += '}';
  }
  for (const auto& [name, tensor] : content.tensors) {
    if (!names.insert(name).second)
      throw ArgumentError("write_safetensors: the name " + in_quotes(name) + " comes twice");
    if (header.size() > 1) header += ',';
    Tensor values = tensor.contiguous();
    std::size_t begin = data.size();
    data.append(reinterpret_cast<const char*>(values.data()),
                static_cast<std::size_t>(values.numel()) * sizeof(Scalar));
    header +=
        to_json(name) + ":{\"dtype\":\"F" + std::to_string(8 * sizeof(Scalar)) + "\",\"shape\":[";
    for (int dim = 0; dim < tensor.rank(); ++dim) {
      if (dim > 0) header += ',';
      header += std::to_string(tensor.size(dim));
    }
    header +=
        "],\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(data.size()) + "]}";
  }
  header += '}';
  header.append((8 - header.size() % 8) % 8, ' ');  // so that the numbers begin at a multiple of 8
  auto length = static_cast<std::uint64_t>(header.size());
  std::string prefix(reinterpret_cast<const char*>(&length), kPrefix);
  write_file(path, prefix + header + data);
}

namespace {

TensorFile parse(const std::string& path, std::string_view bytes) {
  if (bytes.size() < kPrefix)
    throw DataError(path + ": " + std::to_string(bytes.size()) +
                    " bytes are too few for a safetensors file");
  std::uint64_t length;
  std::memcpy(&length, bytes.data(), kPrefix);
  if (length > bytes.size() - kPrefix)
    throw DataError(path + ": a header of " + std::to_string(length) + " bytes in a file of " +
                    std::to_string(bytes.size()));
  TensorFile content;
  const std::string_view header = bytes.substr(kPrefix, static_cast<std::size_t>(length));
  const std::string_view data = bytes.substr(kPrefix + header.size());
  try {
    std::vector<Entry> entries = read_header(header, path, content);
    check_places(entries, static_cast<Index>(data.size()), path);
    for (const Entry& entry : entries)
      content.tensors.emplace_back(entry.name, read_tensor(entry, data, path));
  } catch (const ShapeError& error) {
    throw DataError(path + ": " + error.what());
  }
  return content;
}

}  // namespace

TensorFile read_safetensors(const std::string& path) {
  return detail::read_within_memory(path, [&] { return parse(path, read_file(path)); });
}

TensorFile parse_safetensors(std::string_view bytes, const std::string& name) {
  return detail::read_within_memory(name, [&] { return parse(name, bytes); });
}

}}  // namespace nn::NN_PRECISION
