#include "nn/train/model_file.hpp"

#include <gtest/gtest.h>

#include <string>

#include "io/file_size_limit.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/kinds.hpp"
#include "nn/train/checkpoint.hpp"
#include "support/compare.hpp"
#include "support/mlp.hpp"
#include "support/module_cases.hpp"

namespace nn::test { namespace {

/// A model file of mlp() whose description had `from` replaced by `to`.
std::string edited(const TemporaryFolder& folder, const std::string& from, const std::string& to) {
  const std::string path = folder.path("edited");
  save_model(path, mlp(), {.examples = wave({2, 3})});
  TensorFile file = read_safetensors(path);
  std::string& text = file.metadata.at("nn.model");
  text.replace(text.find(from), from.size(), to);
  write_safetensors(path, file);
  return path;
}

TEST(ModelFile, GivesBackEveryNetworkToTheBit) {
  TemporaryFolder folder;
  for (const ModuleCase& tested : module_cases()) {
    const auto net = tested.make();
    const Tensor x = tested.input(3);
    net->forward(x);
    net->update_running();
    save_model(folder.path("m"), *net, {.examples = x});
    const Model model = load_model(folder.path("m"));
    EXPECT_EQ(model.net->describe(), net->describe());
    EXPECT_TRUE(same_bits(model.net->predict(x), net->predict(x))) << tested.name;
  }
}

TEST(ModelFile, GivesBackWhatIsKnownOfTheModel) {
  TemporaryFolder folder;
  const Tensor examples = wave({2, 3});
  save_model(
      folder.path("m"), mlp(),
      {.target = "species", .classes = {"é", "\"b\""}, .text = "a\nb", .examples = examples});
  const ModelInfo info = load_model(folder.path("m")).info;
  EXPECT_EQ(info.target, "species");
  EXPECT_EQ(info.classes, (std::vector<std::string>{"é", "\"b\""}));
  EXPECT_EQ(info.text, "a\nb");
  EXPECT_TRUE(same_bits(info.examples, examples));
}

TEST(ModelFile, PredictsFromATable) {
  TemporaryFolder folder;
  Table table;
  table.add("size", std::vector<double>{1, 2, 3, 8});
  table.add("colour", std::vector<std::string>{"red", "", "blue", "red"});
  ModelInfo info;
  info.pipeline = Pipeline::automatic(table);
  info.pipeline.fit(table);
  info.classes = {"small", "large"};
  const Sequential net{Linear(3, 2)};
  save_model(folder.path("m"), net, info);
  const Model model = load_model(folder.path("m"));
  const Tensor z = net.predict(info.pipeline.transform(table));
  EXPECT_TRUE(same_bits(model.predict(table), z));
  const std::vector<std::string> names = model.classify(table);
  ASSERT_EQ(names.size(), 4u);
  for (Index i = 0; i < 4; ++i)
    EXPECT_EQ(names[static_cast<std::size_t>(i)], z(i, 1) > z(i, 0) ? "large" : "small");
  save_model(folder.path("m"), Sequential{Linear(3, 1)}, info);
  EXPECT_THROW((void)load_model(folder.path("m")).classify(table), ArgumentError);
}

TEST(ModelFile, IsReadFromMemory) {
  TemporaryFolder folder;
  const Sequential net = mlp();
  save_model(folder.path("m"), net);
  const std::string bytes = " " + folder.bytes("m");  // not aligned
  const Model model = parse_model(std::string_view(bytes).substr(1));
  EXPECT_TRUE(same_bits(model.net->predict(wave({2, 3})), net.predict(wave({2, 3}))));
}

TEST(ModelFile, SharedParametersStayShared) {
  TemporaryFolder folder;
  Linear first(3, 3);
  Sequential net;
  net.append(TiedLinear(first)).append(std::move(first));
  save_model(folder.path("m"), net);
  const Model model = load_model(folder.path("m"));
  EXPECT_EQ(model.net->parameters().size(), net.parameters().size());
  model.net->parameters()[0]->value.fill(2);
  net.parameters()[0]->value.fill(2);
  EXPECT_TRUE(same_bits(model.net->predict(wave({2, 3})), net.predict(wave({2, 3}))));
}

TEST(ModelFile, IsAFileOfParametersToo) {
  TemporaryFolder folder;
  Sequential net = mlp(), other = mlp();
  Rng rng(1);
  initialize(net, rng);
  save_model(folder.path("m"), net, {.examples = wave({2, 3})});
  load_parameters(folder.path("m"), other);
  EXPECT_TRUE(same_bits(net.predict(wave({2, 3})), other.predict(wave({2, 3}))));
}

class Scale final : public Module {
 public:
  explicit Scale(Scalar factor) : factor_(factor) {}
  std::string kind() const override { return "ScaleOfModelFileTest"; }
  Options options() const override { return {{"factor", factor_}}; }
  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override { return x * factor_; }
  Tensor backward_delta(const Tensor&, const Tensor& delta) override { return delta * factor_; }
  Shape output_shape(const Shape& input) const override { return input; }

 private:
  Scalar factor_;
};

TEST(ModelFile, TakesAClassOfOnesOwnOnceItIsRegistered) {
  TemporaryFolder folder;
  const Sequential net{Linear(3, 3), Scale(Scalar(0.1))};
  EXPECT_THROW(save_model(folder.path("m"), net), ArgumentError);
  EXPECT_EQ(folder.count(), 0);
  register_module({"ScaleOfModelFileTest", {{"factor", 2.0}}, {2, 3}, [](const Options& o, Parts&) {
                     return std::unique_ptr<Module>(
                         std::make_unique<Scale>(static_cast<Scalar>(o.get<double>("factor"))));
                   }});
  save_model(folder.path("m"), net);
  const Model model = load_model(folder.path("m"));
  EXPECT_TRUE(same_bits(model.net->predict(wave({2, 3})), net.predict(wave({2, 3}))));
}

TEST(ModelFile, SaysWhatIsUnknown) {
  TemporaryFolder folder;
  auto error = [&](const std::string& from, const std::string& to) {
    const std::string path = edited(folder, from, to);
    const std::string message = message_of<DataError>([&] { load_model(path); });
    EXPECT_TRUE(contains(message, path)) << message;
    return message;
  };
  EXPECT_TRUE(contains(error("\"TanH\"", "\"TanJ\""), "TanJ"));
  EXPECT_TRUE(contains(error("\"version\": 1", "\"version\": 2"), "version 2"));
  EXPECT_TRUE(contains(error("\"in\": 3", "\"inn\": 3"), "in"));
  EXPECT_TRUE(contains(error("\"in\": 3", "\"in\": -3"), "-3"));
  EXPECT_TRUE(contains(error("\"in\": 3", "\"in\": 5"), "0.weight"));
  EXPECT_TRUE(contains(error("\"ties\": {}", "\"ties\": {\"0.weight\": \"2.weight\"}"), "ties"));
  EXPECT_TRUE(
      contains(error("\"ties\": {}", "\"ties\": {\"0.weight\": \"9.weight\"}"), "9.weight"));
  error("\"version\"", "\"vers\"");
  error("{\"kind\": \"TanH\"}", "7");
  error("{\"kind\": \"TanH\"}", "{\"kind\": \"TanH\", \"parts\": {\"0\": {\"kind\": \"TanH\"}}}");
  error("\"TanH\"", "\"ReLU\"");                                                // the examples tell
  EXPECT_TRUE(contains(error("\"1\": {\"kind\"", "\"10\": {\"kind\""), "10"));  // order of parts
}

TEST(ModelFile, HostileSizesTakeNoMemory) {
  TemporaryFolder folder;
  for (const char* in : {"100000000", "4611686018427387904", "1e15"}) {
    const std::string path = edited(folder, "\"in\": 3", std::string("\"in\": ") + in);
    EXPECT_THROW(load_model(path), DataError);
  }
  std::string nested = R"({"kind": "TanH"})";
  for (int i = 0; i < 10000; ++i)
    nested = R"({"kind": "Sequential", "parts": {"0": )" + nested + "}}";
  EXPECT_THROW(load_model(edited(folder, R"({"kind": "TanH"})", nested)), DataError);
}

TEST(ModelFile, EveryDamageIsAnErrorOrChangesNoOutput) {
  TemporaryFolder folder;
  const Sequential net = mlp();
  const Tensor x = wave({2, 3});
  save_model(folder.path("m"), net, {.examples = x});
  const std::string bytes = folder.bytes("m");
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    EXPECT_THROW(parse_model(std::string_view(bytes).substr(0, size)), DataError);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x15);
    try {
      EXPECT_TRUE(close(parse_model(damaged).net->predict(x), net.predict(x), 1e-4)) << i;
    } catch (const DataError&) {
    }
  }
}

std::unique_ptr<Module> nested(int levels) {
  std::unique_ptr<Module> net = std::make_unique<Linear>(3, 3);
  for (int i = 0; i < levels; ++i) {
    auto outer = std::make_unique<Sequential>();
    outer->append(std::move(net));
    net = std::move(outer);
  }
  return net;
}

TEST(ModelFile, WhatIsSavedCanBeLoadedHoweverDeep) {
  TemporaryFolder folder;
  save_model(folder.path("m"), *nested(60));
  EXPECT_EQ(load_model(folder.path("m")).net->parameter_count(), 12);
  EXPECT_THROW(save_model(folder.path("n"), *nested(200)), ArgumentError);
  EXPECT_EQ(folder.count(), 1);
}

TEST(ModelFile, OfParametersAloneIsRefused) {
  TemporaryFolder folder;
  save_parameters(folder.path("p"), mlp());
  EXPECT_TRUE(
      contains(message_of<DataError>([&] { load_model(folder.path("p")); }), "load_parameters"));
}

TEST(ModelFile, AFailedSaveLeavesTheOldFile) {
  TemporaryFolder folder;
  save_model(folder.path("m"), mlp());
  const std::string before = folder.bytes("m");
  {
    const FileSizeLimit limit(100);
    EXPECT_THROW(save_model(folder.path("m"), mlp()), DataError);
  }
  EXPECT_THROW(save_model(folder.path("m"), mlp(), {.text = "\xff"}), ArgumentError);
  EXPECT_THROW(save_model(folder.path("m"), mlp(), {.classes = {"a"}, .examples = wave({1, 3})}),
               ArgumentError);
  EXPECT_THROW(save_model(folder.path("m"), mlp(), {.examples = wave({1, 3}) / Scalar(0)}),
               ArgumentError);
  ModelInfo unfitted;
  unfitted.pipeline.scale({"a"});
  EXPECT_THROW(save_model(folder.path("m"), mlp(), unfitted), ArgumentError);
  EXPECT_EQ(folder.bytes("m"), before);
}

}  // namespace
}  // namespace nn::test
