#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

/// A little-endian number of so many bytes.
inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 0xff);
  return text;
}

/// A gzip file of those compressed blocks, which stand for `content`.
inline std::string gzip_member(std::string_view blocks, std::string_view content) {
  std::uint32_t crc = ~0u;
  for (char c : content) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return std::string("\x1f\x8b\x08\0\0\0\0\0\0\3", 10) + std::string(blocks) +
         little_endian(~crc, 4) + little_endian(content.size(), 4);
}

/// A gzip file whose blocks hold the content as it is.
inline std::string gzip_stored(std::string_view content) {
  std::string blocks;
  std::string_view left = content;
  do {
    const std::size_t size = std::min<std::size_t>(left.size(), 0xffff);
    blocks += size == left.size() ? '\1' : '\0';
    blocks += little_endian(size, 2) + little_endian(~size, 2) + std::string(left.substr(0, size));
    left.remove_prefix(size);
  } while (!left.empty());
  return gzip_member(blocks, content);
}
