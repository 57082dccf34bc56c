#include "nn/core/rng.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <exception>
#include <numeric>
#include <string>

#include "core/memory_size.hpp"
#include "core/portable_math.hpp"
#include "core/words.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// FNV-1a, 64 bits.
std::uint64_t hash(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return h;
}

/// A permutation of the 64-bit numbers in which each bit depends on all (Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", OOPSLA 2014).
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

}  // namespace

Rng::Rng(std::uint64_t seed) : seed_(seed) {
  if (high(seed) == 0) {
    seed_by_number(low(seed));
  } else {
    std::uint32_t key[] = {low(seed), high(seed)};
    seed_by_array(key);
  }
}

Rng Rng::stream(std::string_view name) const {
  std::uint64_t h = hash(name);
  Rng result(mix(seed_ ^ mix(h)));  // its seed tells streams of this stream apart
  std::uint32_t key[] = {low(seed_), high(seed_), low(h), high(h)};
  result.seed_by_array(key);
  return result;
}

void Rng::seed_by_number(std::uint32_t seed) {
  for (std::uint32_t i = 0; i < n_; ++i) {
    state_[i] = seed;
    seed = 1812433253u * (seed ^ (seed >> 30)) + i + 1;
  }
  position_ = n_;
}

/// The reference code's init_by_array: every word of the key reaches every word of the state.
void Rng::seed_by_array(std::span<const std::uint32_t> key) {
  seed_by_number(19650218u);
  std::size_t i = 1, j = 0;
  auto previous = [&] { return state_[i - 1] ^ (state_[i - 1] >> 30); };
  auto advance = [&] {
    if (++i == n_) {
      state_[0] = state_[n_ - 1];
      i = 1;
    }
  };
  for (std::size_t k = std::max(n_, key.size()); k > 0; --k) {
    state_[i] = (state_[i] ^ (previous() * 1664525u)) + key[j] + static_cast<std::uint32_t>(j);
    advance();
    j = (j + 1) % key.size();
  }
  for (std::size_t k = n_ - 1; k > 0; --k) {
    state_[i] = (state_[i] ^ (previous() * 1566083941u)) - static_cast<std::uint32_t>(i);
    advance();
  }
  state_[0] = 0x80000000u;
  position_ = n_;
}

/// "seed position has_spare spare has_spare spare word word ...", of randn and of normal.
std::string Rng::state() const {
  std::string text = std::to_string(seed_) + ' ' + std::to_string(position_);
  text += (has_spare_randn_ ? " 1 " : " 0 ") + to_text(spare_randn_);
  text += (has_spare_normal_ ? " 1 " : " 0 ") + to_text(spare_normal_);
  for (std::uint32_t word : state_) text += ' ' + std::to_string(word);
  return text;
}

void Rng::set_state(std::string_view state) {
  constexpr std::size_t before = 6;  // the words
  const std::vector<std::string_view> words = detail::words(state);
  auto check = [](bool right) {
    if (!right) throw DataError("Rng: not the state of a generator");
  };
  auto require = [&](const auto& value) {
    check(value.has_value());
    return *value;
  };
  auto flag = [&](std::string_view text) {
    check(text == "0" || text == "1");
    return text == "1";
  };
  check(words.size() == before + n_);
  Rng read(require(detail::whole_number<std::uint64_t>(words[0])));
  read.position_ = require(detail::whole_number<std::size_t>(words[1]));
  check(read.position_ <= n_);
  read.has_spare_randn_ = flag(words[2]);
  read.spare_randn_ = require(parse_number<double>(words[3]));
  read.has_spare_normal_ = flag(words[4]);
  read.spare_normal_ = require(parse_number<double>(words[5]));
  for (std::size_t i = 0; i < n_; ++i)
    read.state_[i] = require(detail::whole_number<std::uint32_t>(words[before + i]));
  *this = read;
}

void Rng::refill() {
  constexpr std::size_t m = 397;
  for (std::size_t i = 0; i < n_; ++i) {
    std::uint32_t y = (state_[i] & 0x80000000u) | (state_[(i + 1) % n_] & 0x7fffffffu);
    state_[i] = state_[(i + m) % n_] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0u);
  }
  position_ = 0;
}

std::uint32_t Rng::next_u32() {
  if (position_ == n_) refill();
  std::uint32_t y = state_[position_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

double Rng::rand() {
  std::uint32_t a = next_u32() >> 5, b = next_u32() >> 6;
  return (a * 67108864.0 + b) / 9007199254740992.0;
}

template <class Log>
double Rng::polar(Log log, bool& has_spare, double& spare) {
  if (has_spare) {
    has_spare = false;
    return spare;
  }
  double x, y, r2;
  do {
    x = 2 * rand() - 1;
    y = 2 * rand() - 1;
    r2 = x * x + y * y;
  } while (r2 >= 1 || r2 == 0);
  double f = std::sqrt(-2 * log(r2) / r2);
  spare = f * x;
  has_spare = true;
  return f * y;
}

double Rng::randn() {
  return polar([](double x) { return std::log(x); }, has_spare_randn_, spare_randn_);
}

double Rng::normal(double mean, double sd) {
  return mean + sd * polar(detail::portable_log, has_spare_normal_, spare_normal_);
}

double Rng::uniform(double low, double high) {
  const double x = low + (high - low) * rand();
  const double last = std::nextafter(high, low);  // x may have been rounded up to high
  return low < high ? std::min(x, last) : std::max(x, last);
}

Tensor Rng::rand(const Shape& shape) {
  const Scalar last = std::nextafter(Scalar{1}, Scalar{0});  // in float many numbers round to 1
  Tensor result(shape);
  for (Index i = 0; i < result.numel(); ++i)
    result.data()[i] = std::min(static_cast<Scalar>(rand()), last);
  return result;
}

Tensor Rng::randn(const Shape& shape) {
  Tensor result(shape);
  for (Index i = 0; i < result.numel(); ++i) result.data()[i] = static_cast<Scalar>(randn());
  return result;
}

Index Rng::below(Index n) {
  if (n < 1) throw RangeError("below: expected a positive bound, got " + std::to_string(n));
  auto max = static_cast<std::uint64_t>(n - 1);
  std::uint64_t mask = std::bit_ceil(max + 1) - 1, value;
  do {
    value = next_u32();
    if (high(max) != 0) value = value << 32 | next_u32();  // the high word first, as NumPy does
    value &= mask;
  } while (value > max);
  return static_cast<Index>(value);
}

std::vector<Index> Rng::permutation(Index n) {
  if (n < 0) throw RangeError("permutation: of " + std::to_string(n) + " numbers");
  std::vector<Index> order;
  try {
    order.resize(detail::memory_size(n));
  } catch (const std::exception&) {  // RangeError, std::bad_alloc or std::length_error
    throw RangeError("permutation: cannot allocate " + std::to_string(n) + " numbers");
  }
  std::iota(order.begin(), order.end(), Index{0});
  for (Index i = n - 1; i > 0; --i)
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(below(i + 1))]);
  return order;
}

}}  // namespace nn::NN_PRECISION
