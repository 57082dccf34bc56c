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

/// Blocks that stand for 258 n + 1 zeros, 13 bits for 258: "repeat the last byte 258 times" in
/// fixed Huffman codes.
inline std::string packed_zeros(std::size_t n) {
  std::string blocks, bits =
                          "110"        // the last block, of the fixed codes
                          "00110000";  // a literal 0
  auto flush = [&] {
    for (; bits.size() >= 8; bits.erase(0, 8)) {
      unsigned byte = 0;
      for (unsigned i = 0; i < 8; ++i) byte |= static_cast<unsigned>(bits[i] - '0') << i;
      blocks += static_cast<char>(byte);
    }
  };
  for (std::size_t i = 0; i < n; ++i) {
    bits +=
        "11000101"
        "00000";
    if (bits.size() > 1000) flush();
  }
  bits +=
      "0000000"
      "0000000";  // the end of the block, and filling
  flush();
  return blocks;
}

/// A gzip file of `start`, fewer than 65536 bytes, and 258 n + 1 zeros.
inline std::string gzip_with_zeros(std::string_view start, std::size_t n) {
  return gzip_member('\0' + little_endian(start.size(), 2) + little_endian(~start.size(), 2) +
                         std::string(start) + packed_zeros(n),
                     std::string(start) + std::string(258 * n + 1, '\0'));
}
