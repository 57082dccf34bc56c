#include "nn/data/mapped.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <fstream>

#include "io/npy_bytes.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"

namespace {

using nn::Index;
using nn::Shape;
using nn::Tensor;

/// 0, 1.5, 3, ... in that type.
template <class Number>
std::string numbers(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<Number>(1.5 * i);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return bytes;
}

template <class Number>
void expect_reads(const std::string& bytes, const Shape& shape) {
  TemporaryFolder folder;
  const nn::MappedArray array(folder.file("a", bytes));
  ASSERT_EQ(array.shape(), shape);
  const std::vector<Index> rows{shape[0] - 1, 0, shape[0] - 1};
  Tensor out;
  array.read(rows, out);
  ASSERT_EQ(out.shape(), shape.with(0, 3));
  const Index length = shape.example_numel();
  for (Index i = 0; i < 3; ++i)
    for (Index j = 0; j < length; ++j)
      EXPECT_EQ(out.data()[i * length + j],
                static_cast<nn::Scalar>(static_cast<Number>(
                    1.5 * static_cast<double>(rows[static_cast<std::size_t>(i)] * length + j))));
}

TEST(MappedArray, ReadsRowsOfNpyFiles) {
  for (int version : {1, 2}) {
    expect_reads<float>(npy_of("<f4", "(3, 4)", version) + numbers<float>(12), {3, 4});
    expect_reads<double>(npy_of("<f8", "(3, 2, 2)", version) + numbers<double>(12), {3, 2, 2});
    expect_reads<std::uint8_t>(npy_of("|u1", "(6,)", version) + numbers<std::uint8_t>(6), {6});
  }
  expect_reads<float>(
      npy("{'shape': (2, 1), 'fortran_order':False,'descr': '<f4'}") + numbers<float>(2), {2, 1});
}

TEST(MappedArray, ReadsRowsOfIdxFiles) {
  expect_reads<std::uint8_t>(
      std::string("\0\0\x08\x03\0\0\0\3\0\0\0\2\0\0\0\4", 16) + numbers<std::uint8_t>(24),
      {3, 2, 4});
}

TEST(MappedArray, UsesTheMemoryOfATensorThatNobodyElseHas) {
  TemporaryFolder folder;
  const nn::MappedArray array(folder.file("a", npy_of("<f4", "(3, 4)") + numbers<float>(12)));
  const std::vector<Index> first{0}, second{1};
  Tensor out;
  array.read(first, out);
  const nn::Scalar* memory = out.data();
  array.read(second, out);
  EXPECT_EQ(out.data(), memory);
  const Tensor kept = out;
  array.read(first, out);
  EXPECT_EQ(kept.data()[0], 6);  // a result that is kept stays
  EXPECT_EQ(out.data()[0], 0);
  EXPECT_THROW(array.read(std::vector<Index>{3}, out), nn::RangeError);
  EXPECT_THROW(array.read(std::vector<Index>{-1}, out), nn::RangeError);
}

std::string complaint(const std::string& bytes) {
  TemporaryFolder folder;
  const std::string path = folder.file("a", bytes);
  const std::string message = message_of<nn::DataError>([&] { nn::MappedArray array(path); });
  EXPECT_EQ(message.find(path), 0u) << message;
  return message;
}

TEST(MappedArray, RefusesWhatIsNotWholeOrOfAnotherKind) {
  const std::string good = npy_of("<f4", "(3, 4)") + numbers<float>(12);
  complaint("");
  for (std::size_t length : {1u, 6u, 9u, 11u, 40u, 127u, 128u, 175u})
    complaint(good.substr(0, length));
  complaint(good + "x");
  complaint(npy_of("<c8", "(3,)") + std::string(24, 'x'));
  complaint(npy_of(">f4", "(3,)") + std::string(12, 'x'));
  complaint(npy_of("<f4", "()") + std::string(4, 'x'));
  complaint(npy_of("<f4", "(-3,)"));
  complaint(npy_of("<f4", "(3, 4"));
  complaint(npy_of("<f4", "(4611686018427387904, 4)"));
  complaint(npy_of("<f4", "(0, 4611686018427387904, 4)"));
  complaint(npy_of("<f4", "(99999999999999999999,)"));
  complaint(npy_of("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)"));
  complaint(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }") + numbers<float>(1));
  complaint(npy("{'descr': '<f4', 'shape': (1,), }") + numbers<float>(1));
  complaint(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}"));
  complaint(npy("[1]"));
  complaint(npy_of("<f4", "(3, 4)", 3) + numbers<float>(12));
  complaint(std::string("\0\0\x08\x03\0\0\0\3\0\0\0\2\0\0\0\4", 16) + "short");
  complaint("\x1f\x8b packed");
  EXPECT_NE(message_of<nn::DataError>([] { nn::MappedArray array("/nowhere/a.npy"); }), "");
  EXPECT_NE(message_of<nn::DataError>([] { nn::MappedArray array("/dev/null"); }), "");
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_NE(message_of<nn::DataError>([&] { nn::MappedArray array(folder.path("pipe")); }), "");
}

TEST(MappedArray, UseAfterAMoveIsAnError) {
  const TemporaryFolder folder;
  nn::MappedArray array(folder.file("a.npy", npy_of("<f4", "(3, 4)") + numbers<float>(12)));
  const nn::MappedArray other(std::move(array));
  Tensor out;
  const Index rows[] = {0};
  EXPECT_THROW(array.read(rows, out), nn::ArgumentError);
  other.read(rows, out);
  EXPECT_EQ(out.shape(), (Shape{1, 4}));
}

TEST(MappedSource, ReadsExamplesFromTwoFiles) {
  TemporaryFolder folder;
  const std::string x = folder.file("x", npy_of("<f8", "(3, 2)") + numbers<double>(6));
  const std::string y = folder.file("y", npy_of("|u1", "(3,)") + numbers<std::uint8_t>(3));
  nn::MappedSource source(x, y);
  EXPECT_EQ(source.size(), 3);
  nn::Dataset batch;
  source.read(std::vector<Index>{2, 1}, 0, batch);
  EXPECT_TRUE(equal(batch.x, nn::tensor({{6, 7.5}, {3, 4.5}})));
  EXPECT_TRUE(equal(batch.y, nn::tensor({3, 1})));
  source.read_part(std::vector<Index>{2, 1, 0}, 1, 2, 0, batch);
  EXPECT_TRUE(equal(batch.x, nn::tensor({{3, 4.5}})));
  EXPECT_TRUE(equal(batch.y, nn::tensor({1})));
  const std::string other = folder.file("z", npy_of("|u1", "(2,)") + numbers<std::uint8_t>(2));
  EXPECT_THROW(nn::MappedSource(x, other), nn::DataError);
}

/// Of this process, without the pages of files: "RssAnon: 1234 kB" in /proc/self/status.
long own_memory_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key;)
    if (key == "RssAnon:") {
      long result = 0;
      status >> result;
      return result;
    }
  return -1;
}

TEST(MappedArray, AFileLargerThanMemoryTakesNone) {
  TemporaryFolder folder;
  constexpr Index rows = 1 << 20, length = 1536;  // 6 GB as floats
  const std::string path =
      folder.file("large", npy_of("<f4", "(" + std::to_string(rows) + ", 1536)"));
  const off_t header = 128;
  if (::truncate(path.c_str(), header + rows * length * 4) != 0)
    GTEST_SKIP() << "no such file can be made here";
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(header + (rows - 1) * length * 4);
    const float last = 2.5;
    file.write(reinterpret_cast<const char*>(&last), sizeof last);
  }
  const nn::MappedArray array(path);
  ASSERT_EQ(array.shape(), Shape({rows, length}));
  Tensor out;
  std::vector<Index> batch(100);
  for (Index first = 0; first < rows; first += rows / 50) {
    for (Index i = 0; i < 100; ++i) batch[static_cast<std::size_t>(i)] = (first + i * 7919) % rows;
    array.read(batch, out);
    EXPECT_EQ(out.data()[0], 0);
  }
  array.read(std::vector<Index>{rows - 1}, out);
  EXPECT_EQ(out.data()[0], 2.5);
  EXPECT_LT(own_memory_kilobytes(), 1 << 20);
}

}  // namespace
