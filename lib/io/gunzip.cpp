#include "io/gunzip.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// Throws without the path; gunzip() adds it.
[[noreturn]] void damaged(const char* what) { throw DataError(what); }

/// Reads numbers of some bits, from the lowest bit of each byte upwards.
class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return next_ == bytes_.size(); }
  /// Whether only zeros follow. gzip ignores them at the end of a file.
  bool at_padding() const { return bytes_.find_first_not_of('\0', next_) == bytes_.npos; }
  std::uint32_t take(int count) {
    while (held_ < count) {
      if (at_end()) damaged("the file ends too early");
      bits_ |= std::uint64_t{static_cast<unsigned char>(bytes_[next_++])} << held_;
      held_ += 8;
    }
    const auto value = static_cast<std::uint32_t>(bits_ & ((std::uint64_t{1} << count) - 1));
    bits_ >>= count;
    held_ -= count;
    return value;
  }
  /// Skips the rest of the byte. Fewer than 8 bits are held here.
  void to_next_byte() { bits_ = 0, held_ = 0; }

 private:
  std::string_view bytes_;
  std::size_t next_ = 0;
  std::uint64_t bits_ = 0;
  int held_ = 0;
};

/// What comes out.
class Output {
 public:
  struct Full {};  // thrown where more than `most` bytes would come

  explicit Output(std::size_t most) : most_(most) {}

  void put(char c) {
    if (bytes_.size() == most_) throw Full();
    bytes_ += c;
  }
  /// Repeats what came `distance` bytes before; never from before this member's beginning.
  void repeat(std::size_t distance, std::size_t length) {
    if (distance > bytes_.size() - start_) damaged("a copy from before the beginning");
    for (std::size_t i = 0; i < length; ++i) put(bytes_[bytes_.size() - distance]);
  }
  void begin_member() { start_ = bytes_.size(); }
  std::string_view member() const { return std::string_view(bytes_).substr(start_); }
  std::string bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
  std::size_t most_, start_ = 0;
};

/// A canonical Huffman code (RFC 1951, 3.2.2), from the length of each symbol's code, 0 for none.
class HuffmanCode {
 public:
  explicit HuffmanCode(const std::vector<int>& lengths) {
    for (int length : lengths) ++count_[static_cast<std::size_t>(length)];
    count_[0] = 0;
    std::array<int, max_length + 2> place{};  // where the symbols of each length begin
    int left = 1;                             // codes of this length that are still free
    for (std::size_t length = 1; length < count_.size(); ++length) {
      left = 2 * left - count_[length];
      if (left < 0) damaged("more codes than there is room for");
      place[length + 1] = place[length] + count_[length];
    }
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol)
      if (const auto length = static_cast<std::size_t>(lengths[symbol]); length > 0)
        symbols_[static_cast<std::size_t>(place[length]++)] = static_cast<std::int16_t>(symbol);
  }

  int read(BitReader& in) const {
    int code = 0, first = 0, index = 0;  // the first code of this length, and its place
    for (std::size_t length = 1; length < count_.size(); ++length) {
      code |= static_cast<int>(in.take(1));
      if (code - first < count_[length])
        return symbols_[static_cast<std::size_t>(index + code - first)];
      index += count_[length];
      first = 2 * (first + count_[length]);
      code *= 2;
    }
    damaged("a code that no symbol has");
  }

 private:
  static constexpr int max_length = 15;
  std::array<int, max_length + 1> count_{};  // of codes of each length
  std::array<std::int16_t, 288> symbols_{};  // in the order of their codes
};

/// Symbols from 257 stand for the lengths of copies; symbols of a second code for their distances.
/// Each is a base plus a number of some bits that follow (RFC 1951, 3.2.5).
constexpr std::uint16_t length_base[] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                         15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                         67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::uint8_t length_bits[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                        2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::uint16_t distance_base[] = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::uint8_t distance_bits[] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                          6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

template <class Base, class Bits>
std::size_t extended(BitReader& in, int symbol, const Base& base, const Bits& bits) {
  const auto i = static_cast<std::size_t>(symbol);
  if (i >= std::size(base)) damaged("a symbol without meaning");
  return base[i] + in.take(bits[i]);
}

void inflate_codes(BitReader& in, const HuffmanCode& literals, const HuffmanCode& distances,
                   Output& out) {
  for (;;) {
    const int symbol = literals.read(in);
    if (symbol == 256) return;
    if (symbol < 256) {
      out.put(static_cast<char>(symbol));
      continue;
    }
    const std::size_t length = extended(in, symbol - 257, length_base, length_bits);
    const std::size_t distance = extended(in, distances.read(in), distance_base, distance_bits);
    out.repeat(distance, length);
  }
}

void inflate_stored(BitReader& in, Output& out) {
  in.to_next_byte();
  const std::uint32_t length = in.take(16);
  if (in.take(16) != (length ^ 0xffff)) damaged("a block whose length is wrong");
  for (std::uint32_t i = 0; i < length; ++i) out.put(static_cast<char>(in.take(8)));
}

void inflate_fixed(BitReader& in, Output& out) {
  static const HuffmanCode literals = [] {
    std::vector<int> lengths(288, 8);
    std::fill(lengths.begin() + 144, lengths.begin() + 256, 9);
    std::fill(lengths.begin() + 256, lengths.begin() + 280, 7);
    return HuffmanCode(lengths);
  }();
  static const HuffmanCode distances(std::vector<int>(30, 5));
  inflate_codes(in, literals, distances, out);
}

/// A block that begins with its own two codes, given by their lengths, which are coded too (3.2.7).
void inflate_dynamic(BitReader& in, Output& out) {
  constexpr std::uint8_t order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
  const std::uint32_t literals = in.take(5) + 257, distances = in.take(5) + 1;
  const std::uint32_t coded = in.take(4) + 4;
  std::vector<int> code_lengths(std::size(order));
  for (std::uint32_t i = 0; i < coded; ++i) code_lengths[order[i]] = static_cast<int>(in.take(3));
  const HuffmanCode code(code_lengths);
  std::vector<int> lengths;
  while (lengths.size() < literals + distances) {
    const int symbol = code.read(in);
    if (symbol == 16 && lengths.empty()) damaged("a repetition of nothing");
    if (symbol < 16) lengths.push_back(symbol);
    if (symbol == 16) lengths.insert(lengths.end(), in.take(2) + 3, lengths.back());
    if (symbol == 17) lengths.insert(lengths.end(), in.take(3) + 3, 0);
    if (symbol == 18) lengths.insert(lengths.end(), in.take(7) + 11, 0);
  }
  if (lengths.size() > literals + distances) damaged("more code lengths than symbols");
  const auto middle = lengths.begin() + literals;
  inflate_codes(in, HuffmanCode({lengths.begin(), middle}), HuffmanCode({middle, lengths.end()}),
                out);
}

void inflate(BitReader& in, Output& out) {
  for (bool last = false; !last;) {
    last = in.take(1) != 0;
    switch (in.take(2)) {
      case 0:
        inflate_stored(in, out);
        break;
      case 1:
        inflate_fixed(in, out);
        break;
      case 2:
        inflate_dynamic(in, out);
        break;
      default:
        damaged("a block of an unknown kind");
    }
  }
}

/// The checksum of ISO 3309 that gzip uses.
std::uint32_t crc32(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      t[i] = i;
      for (int bit = 0; bit < 8; ++bit) t[i] = (t[i] >> 1) ^ (t[i] & 1 ? 0xedb88320u : 0);
    }
    return t;
  }();
  std::uint32_t crc = ~0u;
  for (char c : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

void skip_header(BitReader& in) {
  if (in.take(16) != 0x8b1f || in.take(8) != 8) damaged("not the header of a gzip file");
  const std::uint32_t flags = in.take(8);
  if (flags & 0xe0) damaged("not the header of a gzip file");
  for (int i = 0; i < 6; ++i) in.take(8);  // time, kind of compression, system
  if (flags & 4)
    for (std::uint32_t left = in.take(16); left > 0; --left) in.take(8);
  for (std::uint32_t text : {8u, 16u})  // file name, comment
    if (flags & text)
      while (in.take(8) != 0) continue;
  if (flags & 2) in.take(16);
}

/// A file may have several members.
void unpack(BitReader& in, Output& out) {
  do {
    skip_header(in);
    out.begin_member();
    inflate(in, out);
    in.to_next_byte();
    if (in.take(32) != crc32(out.member())) damaged("the checksum is wrong");
    if (in.take(32) != static_cast<std::uint32_t>(out.member().size()))
      damaged("the size is wrong");
  } while (!in.at_padding());
}

}  // namespace

std::string gunzip(const std::string& path, std::string_view bytes, std::size_t most) {
  BitReader in(bytes);
  Output out(most);
  try {
    unpack(in, out);
  } catch (const Output::Full&) {
  } catch (const DataError& error) {
    throw DataError(path + ": damaged gzip file: " + error.what());
  }
  return std::move(out).bytes();
}

}}}  // namespace nn::NN_PRECISION::detail
