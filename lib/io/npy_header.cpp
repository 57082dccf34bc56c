#include "io/npy_header.hpp"

#include <algorithm>
#include <charconv>

#include "io/file_errors.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// Reads a Python dictionary as NumPy writes it:
/// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class Scanner {
 public:
  Scanner(const std::string& path, std::string_view text) : path_(path), text_(text) {}

  bool accept(std::string_view token) {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \n"), text_.size()));
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  void expect(std::string_view token) {
    if (!accept(token)) fail(in_quotes(token));
  }
  std::string_view string() {
    expect("'");
    const std::string_view result = text_.substr(0, text_.find('\''));
    text_.remove_prefix(result.size());
    expect("'");
    return result;
  }
  Index number() {
    Index result = 0;
    accept("");  // blanks
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), result);
    if (error != std::errc() || result < 0) fail("a size");
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return result;
  }
  [[noreturn]] void fail(const std::string& expected) const {
    throw DataError(path_ + ": NPY header: expected " + expected + ", got " + in_quotes(text_));
  }

 private:
  const std::string& path_;
  std::string_view text_;
};

/// Of NumPy's name: "<f4", "|u1", "|b1". Null for one that is not read.
const Dtype* dtype_of(std::string_view descr) {
  if (descr == "|b1") return find_dtype("BOOL");
  if (descr.size() != 3) return nullptr;
  const bool one_byte = descr[2] == '1';
  if (descr[0] != (one_byte ? '|' : '<')) return nullptr;
  const std::string_view kinds = "fiu", names = "FIU";
  const std::size_t kind = kinds.find(descr[1]);
  if (kind == kinds.npos || descr[2] < '1' || descr[2] > '8') return nullptr;
  return find_dtype(names[kind] + std::to_string(8 * (descr[2] - '0')));
}

std::vector<Index> tuple(Scanner& scanner) {
  std::vector<Index> sizes;
  scanner.expect("(");
  while (!scanner.accept(")")) {
    sizes.push_back(scanner.number());
    if (scanner.accept(",")) continue;
    scanner.expect(")");
    break;
  }
  return sizes;
}

/// The dictionary's text, and where it ends.
std::string_view dictionary(const std::string& path, std::string_view bytes, std::size_t& end) {
  auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(bytes[i])}; };
  constexpr std::size_t longest_start = 12;
  if (bytes.size() < longest_start) throw DataError(path + ": the file ends inside its NPY header");
  const std::size_t version = byte(6);
  if ((version != 1 && version != 2) || byte(7) != 0)
    throw DataError(path + ": expected an NPY file of version 1.0 or 2.0, got " +
                    std::to_string(version) + "." + std::to_string(byte(7)));
  const std::size_t start = version == 1 ? 10 : 12;
  std::size_t length = byte(8) | byte(9) << 8;
  if (version == 2) length |= byte(10) << 16 | byte(11) << 24;
  if (length > bytes.size() - start)
    throw DataError(path + ": the file ends inside its NPY header");
  end = start + length;
  return bytes.substr(start, length);
}

}  // namespace

NpyHeader::NpyHeader(const std::string& path, std::string_view bytes) {
  Scanner scanner(path, dictionary(path, bytes, length));
  bool has_order = false, has_shape = false;
  scanner.expect("{");
  while (!scanner.accept("}")) {
    const std::string_view key = scanner.string();
    scanner.expect(":");
    if (key == "descr") {
      const std::string_view descr = scanner.string();
      dtype = dtype_of(descr);
      if (!dtype)
        throw DataError(path + ": expected little-endian floats or integers, such as '<f4', got " +
                        in_quotes(descr));
    } else if (key == "fortran_order") {
      is_fortran = scanner.accept("True");
      if (!is_fortran) scanner.expect("False");
      has_order = true;
    } else if (key == "shape") {
      sizes = tuple(scanner);
      has_shape = true;
    } else {
      scanner.fail("descr, fortran_order or shape");
    }
    if (!scanner.accept(",")) {
      scanner.expect("}");
      break;
    }
  }
  if (!dtype || !has_order || !has_shape) scanner.fail("descr, fortran_order and shape");
}

void NpyHeader::check_length(const std::string& path, std::string_view bytes, Index numbers) const {
  const auto available = static_cast<Index>(bytes.size() - length);
  if (available % dtype->size != 0 || available / dtype->size != numbers)
    throw DataError(path + ": expected " + std::to_string(numbers) + " numbers of " +
                    std::to_string(dtype->size) + " bytes, got " + std::to_string(available) +
                    " bytes");
}

}}}  // namespace nn::NN_PRECISION::detail
