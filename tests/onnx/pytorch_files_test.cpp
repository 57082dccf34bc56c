#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "nn/core/error.hpp"
#include "nn/io/file.hpp"
#include "nn/onnx/onnx.hpp"
#include "onnx/layout.hpp"
#include "onnx/model.hpp"
#include "onnx/protobuf.hpp"
#include "support/compare.hpp"
#include "support/golden.hpp"

// Files that PyTorch's exporter made.
namespace nn::test { namespace {

std::vector<std::string> names_in(const std::string& folder, const std::string& suffix) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(suffix)) names.push_back(name.substr(0, name.size() - suffix.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

const std::string golden_files = std::string(NN_TEST_GOLDEN) + "/onnx/";

class OnnxOfPyTorch : public ::testing::TestWithParam<std::string> {};

TEST_P(OnnxOfPyTorch, PredictsWhatPyTorchDoes) {
  const GoldenCase expected = golden("onnx.txt", GetParam());
  const Sequential net = read_onnx(golden_files + GetParam() + ".onnx");
  EXPECT_TRUE(close(net.predict(expected["x"]), expected["z"], 1e-5)) << net;
}

TEST_P(OnnxOfPyTorch, IsWrittenAndReadAgain) {
  const Tensor x = golden("onnx.txt", GetParam())["x"];
  const Sequential net = read_onnx(golden_files + GetParam() + ".onnx");
  const Sequential again = parse_onnx(format_onnx(net, x.shape().without(0)), "memory");
  EXPECT_TRUE(close(again.predict(x), net.predict(x), is_double ? 1e-6 : 0));
}

INSTANTIATE_TEST_SUITE_P(All, OnnxOfPyTorch, ::testing::ValuesIn(names_in(golden_files, ".onnx")),
                         [](const auto& tested) { return tested.param; });

/// A file with one serialised TensorProto.
Tensor read_tensor(const std::string& path) {
  using namespace detail;
  ProtoWriter graph, opset, model;
  graph.bytes(5, read_file(path));
  opset.number(2, 6);
  model.message(7, graph);
  model.message(8, opset);
  return onnx::parse(model.written()).initializers.at(0).floats();
}

/// The ONNX project's tests, a folder each: NN_ONNX_DATA names the folder of folders, such as
/// onnx/backend/test/data/pytorch-converted.
TEST(OnnxBackendTests, AreReadOrRefusedByName) {
  const char* data = std::getenv("NN_ONNX_DATA");
  if (!data) GTEST_SKIP() << "needs the ONNX project's test data: NN_ONNX_DATA";
  int read = 0;
  for (const std::string& name : names_in(data, "")) {
    const std::string folder = std::string(data) + "/" + name + "/";
    if (!std::filesystem::exists(folder + "model.onnx")) continue;
    try {
      const Sequential net = read_onnx(folder + "model.onnx");
      Tensor x = read_tensor(folder + "input_0.pb"), z = read_tensor(folder + "output_0.pb");
      using detail::onnx::permuted, detail::onnx::to_channels_last;
      const bool as_it_is = name == "operator_flatten";
      if (x.rank() > 2 && !as_it_is) x = permuted(x, to_channels_last(x.rank()));
      if (z.rank() > 2) z = permuted(z, to_channels_last(z.rank()));
      EXPECT_TRUE(close(net.predict(x), z, 1e-5)) << name << net;
      ++read;
    } catch (const DataError& error) {
      std::cout << name << " is refused: " << error.what() << '\n';
    }
  }
  EXPECT_GT(read, 0);
}

}}  // namespace nn::test
