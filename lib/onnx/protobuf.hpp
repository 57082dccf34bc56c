#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

/// Protobuf's wire format, as far as ONNX needs it. A message is a series of fields. Each begins
/// with a key, 8 times its number plus its wire type: 0 for a varint, 1 for 8 bytes, 2 for a length
/// and so many bytes, 5 for 4 bytes. A varint has seven bits of a number in each byte, the lowest
/// first; the top bit says that more follow. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

class ProtoWriter {
 public:
  void number(int field, std::int64_t value);
  void real(int field, float value);
  void bytes(int field, std::string_view value);
  /// A message inside this one.
  void message(int field, const ProtoWriter& value) { bytes(field, value.bytes_); }

  const std::string& written() const { return bytes_; }

 private:
  void varint(std::uint64_t value);

  std::string bytes_;
};

struct ProtoField {
  int number = 0;
  std::string_view bytes;    // of wire type 2
  std::uint64_t varint = 0;  // of wire type 0, or the bits of types 1 and 5
  int type = 0;

  // The content. DataError if the field has another type.
  std::int64_t as_number() const;
  float as_real() const;
  std::string_view as_bytes() const;
  std::string as_text() const { return std::string(as_bytes()); }
};

/// Goes through the fields of a message. DataError for bytes that are none, and for a length beyond
/// their end.
class ProtoReader {
 public:
  explicit ProtoReader(std::string_view bytes) : rest_(bytes) {}

  /// The next field; nothing at the end.
  std::optional<ProtoField> next();
  bool is_at_end() const { return rest_.empty(); }
  /// For packed numbers, which have no keys.
  std::uint64_t varint();
  std::uint64_t fixed(std::size_t size);

 private:
  std::string_view take(std::uint64_t size);

  std::string_view rest_;
};

/// f(field) for each field of a message.
template <class F>
void for_each_field(std::string_view message, F f) {
  ProtoReader reader(message);
  while (const auto field = reader.next()) f(*field);
}

}}}  // namespace nn::NN_PRECISION::detail
