#include "io/stored_numbers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// Rounded; DataError for a number that is finite in the file and too large for a Scalar.
template <class Stored>
Scalar from_float(Stored value) {
  const auto rounded = static_cast<Scalar>(value);
  if (std::isinf(rounded) && !std::isinf(value))
    throw DataError(to_text(value) + " is too large for a float");
  return rounded;
}

/// 8 bits of exponent and 7 of mantissa: the upper half of a float.
Scalar from_bfloat16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

/// IEEE 754's binary16: 5 bits of exponent and 10 of mantissa.
Scalar from_float16(std::uint16_t bits) {
  const std::uint32_t sign = bits >> 15, exponent = bits >> 10 & 31, mantissa = bits & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign << 31 | 0xffu << 23 | mantissa << 13);
  const float size = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -24)
                                   : std::ldexp(static_cast<float>(1024 + mantissa),
                                                static_cast<int>(exponent) - 25);
  return sign ? -size : size;
}

/// Exact, or a DataError.
template <class Stored>
Scalar from_integer(Stored value) {
  // NOLINTNEXTLINE(bugprone-signed-char-misuse): the sign is meant
  const auto wide = static_cast<std::uint64_t>(value);
  const std::uint64_t size = value < 0 ? 0 - wide : wide;
  const int bits = size == 0 ? 0 : static_cast<int>(std::bit_width(size)) - std::countr_zero(size);
  if (bits > std::numeric_limits<Scalar>::digits)
    throw DataError(std::to_string(value) + " is a whole number that a " +
                    (sizeof(Scalar) == 4 ? "float" : "double") + " cannot hold");
  return static_cast<Scalar>(value);
}

Scalar from_bool(std::uint8_t value) {
  if (value > 1) throw DataError(std::to_string(value) + " is neither true, 1, nor false, 0");
  return value;
}

template <class Stored, Scalar (*convert)(Stored)>
constexpr Dtype dtype(std::string_view name) {
  return {name, sizeof(Stored), [](const char* bytes, Tensor& to) {
            for (Index i = 0; i < to.numel(); ++i, bytes += sizeof(Stored)) {
              Stored value;
              std::memcpy(&value, bytes, sizeof value);
              to.data()[i] = convert(value);
            }
          }};
}

template <class Stored>
constexpr Dtype integers(std::string_view name) {
  return dtype<Stored, from_integer<Stored>>(name);
}

constexpr Dtype kDtypes[] = {dtype<double, from_float<double>>("F64"),
                             dtype<float, from_float<float>>("F32"),
                             dtype<std::uint16_t, from_float16>("F16"),
                             dtype<std::uint16_t, from_bfloat16>("BF16"),
                             integers<std::int64_t>("I64"),
                             integers<std::int32_t>("I32"),
                             integers<std::int16_t>("I16"),
                             integers<std::int8_t>("I8"),
                             integers<std::uint64_t>("U64"),
                             integers<std::uint32_t>("U32"),
                             integers<std::uint16_t>("U16"),
                             integers<std::uint8_t>("U8"),
                             dtype<std::uint8_t, from_bool>("BOOL")};

}  // namespace

const Dtype* find_dtype(std::string_view name) {
  const auto found = std::find_if(std::begin(kDtypes), std::end(kDtypes),
                                  [&](const Dtype& dtype) { return dtype.name == name; });
  return found == std::end(kDtypes) ? nullptr : found;
}

}}}  // namespace nn::NN_PRECISION::detail
