#include "nn/io/npy.hpp"

#include <gtest/gtest.h>

#include "io/npy_bytes.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace {

using nn::Index, nn::Scalar, nn::Shape, nn::Tensor;
using nn::test::same_bits;

template <class Number>
std::string bytes_of(std::initializer_list<Number> numbers) {
  return {reinterpret_cast<const char*>(numbers.begin()), numbers.size() * sizeof(Number)};
}

Tensor read(const std::string& bytes) {
  TemporaryFolder folder;
  return nn::read_npy(folder.file("a.npy", bytes));
}

const std::initializer_list<float> halves{0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f};

void expect_halves(const std::string& bytes) {
  const Tensor got = read(bytes);
  ASSERT_EQ(got.shape(), (Shape{2, 3}));
  for (Index i = 0; i < 6; ++i) EXPECT_EQ(got.data()[i], static_cast<Scalar>(i) + Scalar(0.5)) << i;
}

TEST(Npy, ReadsBothOrdersVersionsAndCompression) {
  const std::string c = npy_of("<f4", "(2, 3)") + bytes_of(halves);
  expect_halves(c);
  expect_halves(npy_of("<f4", "(2, 3)", 2) + bytes_of(halves));
  expect_halves(gzip_stored(c));
  expect_halves(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }") +
                bytes_of({0.5f, 3.5f, 1.5f, 4.5f, 2.5f, 5.5f}));
  expect_halves(npy_of("<f8", "(2, 3)") + bytes_of({0.5, 1.5, 2.5, 3.5, 4.5, 5.5}));
  const Tensor cube =
      read(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }") +
           std::string("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27", 24));
  for (Index i = 0; i < 2; ++i)
    for (Index j = 0; j < 3; ++j)
      for (Index k = 0; k < 4; ++k) EXPECT_EQ(cube(i, j, k), i + 2 * j + 6 * k);
}

TEST(Npy, ReadsShapesOfAnyRank) {
  const Tensor scalar = read(npy_of("<f4", "()") + bytes_of({2.5f}));
  EXPECT_EQ(scalar.rank(), 0);
  EXPECT_EQ(scalar.data()[0], Scalar(2.5));
  EXPECT_EQ(read(npy_of("<f4", "(3,)") + std::string(12, '\0')).shape(), (Shape{3}));
  EXPECT_EQ(read(npy_of("<f4", "(0, 3)")).shape(), (Shape{0, 3}));
}

TEST(Npy, ReadsWholeNumbersExactly) {
  auto expect = [](const std::string& descr, const std::string& bytes, double first,
                   double second) {
    const Tensor got = read(npy_of(descr, "(2,)") + bytes);
    EXPECT_EQ(got(0), static_cast<Scalar>(first)) << descr;
    EXPECT_EQ(got(1), static_cast<Scalar>(second)) << descr;
  };
  expect("|b1", bytes_of<std::uint8_t>({0, 1}), 0, 1);
  expect("|i1", bytes_of<std::int8_t>({-128, 127}), -128, 127);
  expect("|u1", bytes_of<std::uint8_t>({3, 255}), 3, 255);
  expect("<i2", bytes_of<std::int16_t>({-32768, 5}), -32768, 5);
  expect("<u2", bytes_of<std::uint16_t>({65535, 5}), 65535, 5);
  expect("<i4", bytes_of<std::int32_t>({-(1 << 30), 5}), -(1 << 30), 5);
  expect("<u4", bytes_of<std::uint32_t>({1u << 31, 5}), 2147483648.0, 5);
  expect("<i8", bytes_of<std::int64_t>({-(std::int64_t{1} << 62), 5}), -0x1p62, 5);
  expect("<u8", bytes_of<std::uint64_t>({std::uint64_t{1} << 63, 5}), 0x1p63, 5);
  expect("<f2", bytes_of<std::uint16_t>({0x3c00, 0xc100}), 1, -2.5);
  EXPECT_THROW(
      read(npy_of("<u8", "(1,)") + bytes_of<std::uint64_t>({(std::uint64_t{1} << 60) + 1})),
      nn::DataError);
}

TEST(Npy, WritesWhatNumPyWrites) {
  TemporaryFolder folder;
  const Tensor x = nn::test::wave({3, 2}).transpose();
  nn::write_npy(folder.path("x.npy"), x);
  EXPECT_TRUE(same_bits(nn::read_npy(folder.path("x.npy")), x));
  const std::string descr = sizeof(Scalar) == 4 ? "<f4" : "<f8";
  const std::string header = "\x93NUMPY" + std::string{1, 0, 'v', 0} + "{'descr': '" + descr +
                             "', 'fortran_order': False, 'shape': (2, 3), }";
  const std::string bytes = folder.bytes("x.npy");
  ASSERT_EQ(bytes.size(), 128 + 6 * sizeof(Scalar));
  EXPECT_EQ(bytes.substr(0, 128), header + std::string(127 - header.size(), ' ') + "\n");
  for (const Shape& shape :
       {Shape(std::initializer_list<Index>{}), Shape{3}, Shape{0, 3}, Shape{1, 1, 1, 1}}) {
    nn::write_npy(folder.path("y.npy"), nn::test::wave(shape));
    EXPECT_TRUE(same_bits(nn::read_npy(folder.path("y.npy")), nn::test::wave(shape)));
    EXPECT_EQ(folder.bytes("y.npy").find('\n') % 64, 63u);
  }
}

TEST(Npy, RefusesWhatIsDamagedOrOfAnotherKind) {
  const std::string good = npy_of("<f4", "(3, 4)") + std::string(48, '\0');
  auto complaint = [](const std::string& bytes) {
    TemporaryFolder folder;
    const std::string path = folder.file("a.npy", bytes);
    const std::string message = message_of<nn::DataError>([&] { nn::read_npy(path); });
    EXPECT_EQ(message.find(path), 0u) << message;
    return message;
  };
  for (std::size_t length : {0u, 5u, 6u, 9u, 11u, 40u, 127u, 128u, 175u})
    complaint(good.substr(0, length));
  complaint(good + "x");
  for (const char* descr : {">f4", "<c8", "<U4", "|O", "<f3", "<i3", "|f4", "<u1", "<f16", ""})
    complaint(npy_of(descr, "(1,)") + std::string(8, '\0'));
  EXPECT_NE(complaint(npy_of(">f4", "(1,)") + "abcd").find(">f4"), std::string::npos);
  complaint(npy_of("<f4", "(4611686018427387904, 4)"));
  complaint("1,2,3\n");
}

}  // namespace
