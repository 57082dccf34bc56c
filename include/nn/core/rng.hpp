#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nn/core/scalar.hpp"
#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Random numbers that are the same with every compiler and standard library: the Mersenne Twister
/// MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998) and distributions of our own.
///
/// rand, randn and permutation give the numbers of NumPy's legacy generator to the bit: Rng(0) is
/// np.random.seed(0) or np.random.RandomState(0). randn takes its logarithm from the C library, as
/// NumPy does; nothing else here depends on it.
///
/// Thread safety: every draw changes the generator. Give each thread its own, by stream() or
/// another seed. stream() is const and may be called from several threads at once.
class Rng {
 public:
  explicit Rng(std::uint64_t seed = 0);

  /// An independent generator for one purpose ("data", "weights", ...). It depends on this one's
  /// seed and the name, not on the numbers drawn.
  Rng stream(std::string_view name) const;

  /// All that decides what is drawn next, as text; set_state() goes on from there, in this process
  /// or another. DataError for text that state() did not give; nothing has changed then.
  std::string state() const;
  void set_state(std::string_view state);
  /// What it was made from; a stream has a seed of its own.
  std::uint64_t seed() const { return seed_; }

  /// The next word of MT19937, 32 random bits.
  std::uint32_t next_u32();

  /// Uniform in [0, 1), 53 random bits.
  double rand();
  /// Standard normal, by Marsaglia's polar method (SIAM Review 6(3), 1964): two at a time.
  double randn();
  /// Tensors of such numbers, drawn in row-major order. Those of rand are below 1 in float too.
  Tensor rand(const Shape& shape);
  Tensor randn(const Shape& shape);
  /// 0 ... n - 1 in random order (Fisher and Yates). RangeError if n < 0, or if memory cannot hold
  /// them.
  std::vector<Index> permutation(Index n);
  /// Uniform in 0 ... n - 1, n >= 1, by rejection: no value is favoured. RangeError if n < 1.
  Index below(Index n);

  /// Uniform in [low, high): low + (high - low) rand().
  double uniform(double low, double high);
  /// mean + sd z, z standard normal, by the polar method with a logarithm of our own: these bits do
  /// not depend on the C library.
  double normal(double mean = 0, double sd = 1);

 private:
  static constexpr std::size_t n_ = 624;  // words of state

  void seed_by_number(std::uint32_t seed);
  void seed_by_array(std::span<const std::uint32_t> key);
  void refill();
  template <class Log>
  double polar(Log log, bool& has_spare, double& spare);

  std::uint64_t seed_;
  std::array<std::uint32_t, n_> state_{};
  std::size_t position_ = n_;
  bool has_spare_randn_ = false, has_spare_normal_ = false;
  double spare_randn_ = 0, spare_normal_ = 0;
};

}}  // namespace nn::NN_PRECISION
