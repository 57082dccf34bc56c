#include "onnx/protobuf.hpp"

#include <bit>
#include <cstring>

#include "nn/core/error.hpp"

static_assert(std::endian::native == std::endian::little, "ONNX files are little-endian");

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

enum WireType { kVarint = 0, kEightBytes = 1, kBytes = 2, kFourBytes = 5 };

std::uint64_t key(int field, WireType type) {
  return static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(type);
}

void expect(const ProtoField& field, WireType type) {
  if (field.type != type)
    throw DataError("field " + std::to_string(field.number) + " has wire type " +
                    std::to_string(field.type) + ", expected " + std::to_string(type));
}

}  // namespace

void ProtoWriter::varint(std::uint64_t value) {
  for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
  bytes_ += static_cast<char>(value);
}

void ProtoWriter::number(int field, std::int64_t value) {
  varint(key(field, kVarint));
  varint(static_cast<std::uint64_t>(value));
}

void ProtoWriter::real(int field, float value) {
  varint(key(field, kFourBytes));
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  bytes_.append(bytes, sizeof value);
}

void ProtoWriter::bytes(int field, std::string_view value) {
  varint(key(field, kBytes));
  varint(value.size());
  bytes_ += value;
}

std::int64_t ProtoField::as_number() const {
  expect(*this, kVarint);
  return static_cast<std::int64_t>(varint);
}

float ProtoField::as_real() const {
  expect(*this, kFourBytes);
  return std::bit_cast<float>(static_cast<std::uint32_t>(varint));
}

std::string_view ProtoField::as_bytes() const {
  expect(*this, kBytes);
  return bytes;
}

std::string_view ProtoReader::take(std::uint64_t size) {
  if (size > rest_.size())
    throw DataError("no protobuf: " + std::to_string(size) + " bytes where " +
                    std::to_string(rest_.size()) + " are left");
  const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(size));
  rest_.remove_prefix(taken.size());
  return taken;
}

std::uint64_t ProtoReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(take(1)[0]);
    value |= static_cast<std::uint64_t>(byte & 127) << shift;
    if (byte < 128) return value;
  }
  throw DataError("no protobuf: a number of more than ten bytes");
}

std::uint64_t ProtoReader::fixed(std::size_t size) {
  std::uint64_t value = 0;
  std::memcpy(&value, take(size).data(), size);
  return value;
}

std::optional<ProtoField> ProtoReader::next() {
  if (rest_.empty()) return {};
  const std::uint64_t key = varint();
  ProtoField field;
  field.type = static_cast<int>(key & 7);
  if (key >> 3 == 0 || key >> 3 >= 1u << 29) throw DataError("no protobuf: a field's number");
  field.number = static_cast<int>(key >> 3);
  switch (field.type) {
    case kVarint:
      field.varint = varint();
      break;
    case kEightBytes:
      field.varint = fixed(8);
      break;
    case kBytes:
      field.bytes = take(varint());
      break;
    case kFourBytes:
      field.varint = fixed(4);
      break;
    default:
      throw DataError("no protobuf: wire type " + std::to_string(field.type));
  }
  return field;
}

}}}  // namespace nn::NN_PRECISION::detail
