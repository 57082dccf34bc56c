#include "nn/train/model_file.hpp"

#include <cmath>

#include "core/allocation_limit.hpp"
#include "io/file_errors.hpp"
#include "io/json.hpp"
#include "io/json_scanner.hpp"
#include "io/read_limit.hpp"
#include "nn/core/error.hpp"
#include "nn/io/file.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "train/architecture.hpp"
#include "train/parameter_file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using detail::Json;

constexpr Index kVersion = 1;
constexpr char kKey[] = "nn.model";
constexpr double kTolerance = 1e-5;

// --- Examples: {"shape": [2, 3], "values": [...]} ---

Json to_json(const Tensor& tensor) {
  Json::Array shape, values;
  for (Index size : tensor.shape()) shape.emplace_back(size);
  const Tensor numbers = tensor.contiguous();
  for (Index i = 0; i < numbers.numel(); ++i)
    values.emplace_back(static_cast<double>(numbers.data()[i]));
  return Json::Object{{"shape", std::move(shape)}, {"values", std::move(values)}};
}

Tensor to_tensor(const Json& json) {
  std::vector<Index> sizes;
  for (const Json& size : json.at("shape").array()) sizes.push_back(size.whole_number());
  const Json::Array& values = json.at("values").array();
  const Shape shape{std::span<const Index>(sizes)};
  if (shape.numel() != static_cast<Index>(values.size()))
    throw DataError("examples: " + std::to_string(values.size()) + " values for a shape of " +
                    shape.to_string());
  Tensor tensor(shape);
  for (std::size_t i = 0; i < values.size(); ++i)
    tensor.data()[i] = static_cast<Scalar>(values[i].number());
  return tensor;
}

void check_examples(const Module& net, const Json& examples) {
  const Tensor x = to_tensor(examples.at("inputs")), expected = to_tensor(examples.at("outputs"));
  if (net.output_shape(x.shape()) != expected.shape())
    throw DataError("the network gives " + net.output_shape(x.shape()).to_string() +
                    " for its examples, the file has " + expected.shape().to_string());
  const Tensor z = net.predict(x).contiguous();
  for (Index i = 0; i < z.numel(); ++i) {
    const double now = z.data()[i], then = expected.data()[i];
    if (!(std::abs(now - then) <= kTolerance * (1 + std::abs(then))))
      throw DataError("the network gives other outputs for its examples than when it was saved");
  }
}

// --- All that the metadata tell ---

void check_info(const ModelInfo& info, const Tensor& outputs) {
  std::vector<std::string> texts = info.classes;
  texts.push_back(info.target);
  texts.push_back(info.text);
  for (const std::string& text : texts)
    if (detail::find_invalid_utf8(text) != text.npos)
      throw ArgumentError("save_model: " + detail::in_quotes(text) + " is not UTF-8");
  const auto classes = static_cast<Index>(info.classes.size());
  if (classes > 0 && outputs.rank() == 2 && outputs.size(1) != classes)
    throw ArgumentError("save_model: " + std::to_string(classes) + " names of classes for " +
                        std::to_string(outputs.size(1)) + " outputs");
}

Json describe_model(const Module& net, const ModelInfo& info) {
  Tensor outputs;
  if (info.examples.numel() > 0) outputs = net.predict(info.examples);
  if (!all_finite(info.examples) || !all_finite(outputs))
    throw ArgumentError("save_model: an example, or what the network makes of it, is not finite");
  if (!info.pipeline.is_fitted() && !info.pipeline.expects().empty())
    throw ArgumentError("save_model: the pipeline is not fitted");
  check_info(info, outputs);
  Json::Array classes(info.classes.begin(), info.classes.end());
  Json::Object json{{"version", kVersion},           {"network", detail::architecture(net)},
                    {"ties", detail::ties(net)},     {"target", info.target},
                    {"classes", std::move(classes)}, {"text", info.text}};
  if (info.pipeline.is_fitted())
    json.emplace_back("pipeline", Json::parse(info.pipeline.to_json(), "pipeline"));
  if (outputs.numel() > 0)
    json.emplace_back("examples", Json::Object{{"inputs", to_json(info.examples)},
                                               {"outputs", to_json(outputs)}});
  return json;
}

/// The text of the metadata.
const std::string& model_text(const TensorFile& file) {
  const auto found = file.metadata.find(kKey);
  if (found == file.metadata.end())
    throw DataError("there is no model, only tensors: load_parameters() reads them into a network");
  return found->second;
}

Model build_model(const std::string& name, TensorFile file) {
  const Json json = Json::parse(model_text(file), "its metadata " + std::string(kKey));
  if (const Index version = json.at("version").whole_number(); version != kVersion)
    throw DataError("a model of version " + std::to_string(version) + "; version " +
                    std::to_string(kVersion) + " can be read");
  Model model;
  model.net = detail::build_network(json.at("network"));
  detail::tie(*model.net, json.at("ties"));
  detail::load_parameters(name, std::move(file), *model.net, {});
  model.info.target = json.at("target").string();
  model.info.classes = json.at("classes").strings();
  model.info.text = json.at("text").string();
  if (const Json* pipeline = json.find("pipeline"))
    model.info.pipeline = Pipeline::from_json(pipeline->dump());
  if (const Json* examples = json.find("examples")) {
    check_examples(*model.net, *examples);
    model.info.examples = to_tensor(examples->at("inputs"));
  }
  return model;
}

}  // namespace

Tensor Model::predict(const Table& table) const {
  return net->predict(info.pipeline.transform(table));
}

std::vector<std::string> Model::classify(const Table& table) const {
  const Tensor z = predict(table);
  if (z.rank() != 2 || z.size(1) != std::ssize(info.classes))
    throw ArgumentError("classify: the model has " + std::to_string(info.classes.size()) +
                        " names of classes for outputs " + z.shape().to_string());
  std::vector<std::string> names;
  const Tensor winners = argmax(z, 1);
  for (Index i = 0; i < winners.numel(); ++i)
    names.push_back(info.classes[static_cast<std::size_t>(winners(i))]);
  return names;
}

void save_model(const std::string& path, const Module& net, const ModelInfo& info) {
  TensorFile file;
  try {
    file = detail::parameter_file(path, net, {});
  } catch (const ArgumentError&) {  // where PyTorch's order cannot be known
    file = detail::parameter_file(path, net, {.order = ChannelOrder::last});
  }
  file.metadata[kKey] = describe_model(net, info).dump();
  try {
    (void)Json::parse(file.metadata[kKey], "save_model");
  } catch (const DataError& error) {  // parts in parts in parts
    throw ArgumentError(error.what());
  }
  write_safetensors(path, file);
}

Model load_model(const std::string& path) { return parse_model(read_file(path), path); }

Model parse_model(std::string_view bytes, const std::string& name) {
  TensorFile file = parse_safetensors(bytes, name);
  return detail::read_within_memory(name, [&] {
    const detail::AllocationLimit limit(detail::read_limit_of(bytes.size()));
    try {
      return build_model(name, std::move(file));
    } catch (const DataError& error) {
      const std::string what = error.what();
      throw DataError(what.starts_with(name + ": ") ? what : name + ": " + what);
    } catch (const ArgumentError& error) {
      throw DataError(name + ": " + error.what());
    }
  });
}

}}  // namespace nn::NN_PRECISION
