#include "onnx/protobuf.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"

// Bytes by Google's page "Encoding": developers.google.com/protocol-buffers.
namespace nn::test { namespace {

using detail::ProtoReader;
using detail::ProtoWriter;

TEST(Protobuf, WritesFields) {
  ProtoWriter out, inner;
  inner.number(1, 150);
  out.number(1, 150);
  out.bytes(2, "testing");
  out.message(3, inner);
  EXPECT_EQ(out.written(), std::string("\x08\x96\x01\x12\x07testing\x1a\x03\x08\x96\x01"));
}

TEST(Protobuf, ReadsWhatWasWritten) {
  ProtoWriter out;
  out.number(1, -1);
  out.real(2, 0.5f);
  out.bytes(300, "");
  ProtoReader in(out.written());
  EXPECT_EQ(in.next()->as_number(), -1);
  EXPECT_EQ(in.next()->as_real(), 0.5f);
  const auto last = in.next();
  EXPECT_EQ(last->number, 300);
  EXPECT_EQ(last->as_bytes(), "");
  EXPECT_FALSE(in.next());
}

TEST(Protobuf, RefusesWhatIsNone) {
  for (const std::string& bytes :
       {std::string("\x08"), std::string("\x08\xff"), std::string("\x12\x05only"),
        std::string("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), std::string("\x0d\x01\x02"),
        std::string("\x0b\x01"), std::string("\x00\x01", 2), "\x08" + std::string(11, '\xff')}) {
    EXPECT_THROW(ProtoReader(bytes).next(), DataError);
  }
  EXPECT_THROW(ProtoReader(std::string_view("\x08\x01", 2)).next()->as_bytes(), DataError);
}

}}  // namespace nn::test
