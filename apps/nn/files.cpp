// nn info, nn export and nn convert: what a file holds, and models for other programs.

#include <filesystem>
#include <iostream>
#include <optional>

#include "command.hpp"
#include "common/flags.hpp"
#include "common/text_table.hpp"
#include "examples.hpp"
#include "nn/core/error.hpp"
#include "nn/io/npy.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/onnx/onnx.hpp"
#include "nn/train/checkpoint.hpp"
#include "nn/train/model_file.hpp"

namespace apps {
namespace {

bool is_folder(const std::string& path) {
  std::error_code unknown;
  return std::filesystem::is_directory(path, unknown);
}

std::optional<nn::ChannelOrder> order_of(const std::string& text) {
  if (text.empty()) return {};
  if (text == "first") return nn::ChannelOrder::first;
  if (text == "last") return nn::ChannelOrder::last;
  throw UsageError("nn convert: --order: expected first or last, got \"" + text + "\"");
}

void print_network(const nn::Module& net, const nn::Tensor& examples) {
  const auto* layers = dynamic_cast<const nn::Sequential*>(&net);
  if (layers && examples.numel() > 0)
    std::cout << layers->summary(examples.shape().with(0, 1));
  else if (layers)
    std::cout << *layers;
  else
    std::cout << net.describe() << '\n';
}

void print_model(const nn::Model& model) {
  print_network(*model.net, model.info.examples);
  if (!model.info.pipeline.is_fitted() && model.info.examples.rank() > 0)
    std::cout << "expects: arrays (n, ...) of "
              << model.info.examples.shape().without(0).to_string() << '\n';
  if (!model.info.target.empty()) std::cout << "predicts: " << model.info.target << '\n';
  if (!model.info.classes.empty()) {
    std::cout << "classes:";
    for (const std::string& name : model.info.classes) std::cout << " \"" << name << '"';
    std::cout << '\n';
  }
  for (const nn::PipelineInput& column : model.info.pipeline.expects()) {
    std::cout << "expects: " << column.name;
    if (column.kind == nn::ColumnKind::numbers) std::cout << ", numbers";
    for (const std::string& category : column.categories)
      std::cout << (category == column.categories[0] ? ": \"" : ", \"") << category << '"';
    std::cout << '\n';
  }
  if (!model.info.text.empty()) std::cout << "text: " << model.info.text << '\n';
}

void print_tensors(const nn::TensorFile& file) {
  for (const auto& [name, tensor] : file.tensors)
    std::cout << name << ' ' << tensor.shape().to_string() << '\n';
  constexpr std::size_t longest = 200;  // states of random generators are longer
  for (const auto& [key, value] : file.metadata)
    std::cout << key << ": " << value.substr(0, longest)
              << (value.size() > longest ? "...\n" : "\n");
}

void print_examples(const std::string& path) {
  const Examples examples = read_examples(path);
  if (!examples.table) {
    std::cout << "array " << examples.x.shape().to_string() << '\n';
    return;
  }
  std::cout << count_of(examples.rows(), "row") << '\n';
  for (const std::string& column : examples.table->columns())
    std::cout << column << ": " << (examples.table->is_text(column) ? "text" : "numbers") << '\n';
}

}  // namespace

int command::info(int argc, const char* const* argv) {
  std::string path;
  Flags flags("nn info",
              "Tells what a file holds: a model, tensors, a network in ONNX, a table or "
              "an array.");
  flags.argument("FILE", path, "safetensors, .onnx, or examples as nn train takes them");
  if (!flags.parse(argc, argv)) {
    std::cout << flags.help();
    return 0;
  }
  if (path.ends_with(".onnx")) {
    print_network(nn::read_onnx(path), {});
  } else if (path.ends_with(".safetensors")) {
    const nn::TensorFile file = nn::read_safetensors(path);
    if (file.metadata.contains("nn.model"))
      print_model(nn::load_model(path));
    else
      print_tensors(file);
  } else {
    print_examples(path);
  }
  return 0;
}

int command::export_model(int argc, const char* const* argv) {
  std::string file, onnx;
  Flags flags("nn export",
              "Writes the network of a model as ONNX, for other programs. Its input is "
              "what the model's steps make of a table.");
  flags.argument("MODEL", file, "a file that nn train wrote");
  flags.text("onnx", onnx, "the file to write");
  if (!flags.parse(argc, argv)) {
    std::cout << flags.help();
    return 0;
  }
  if (onnx.empty()) throw UsageError("nn export: --onnx FILE is missing (see --help)");
  const nn::Model model = nn::load_model(file);
  if (model.info.examples.rank() < 2)
    throw nn::DataError(file + ": has no examples, which tell the shape of its input");
  nn::write_onnx(onnx, *model.net, model.info.examples.shape().without(0));
  return 0;
}

int command::convert(int argc, const char* const* argv) {
  std::string file, out, weights, order;
  Flags flags("nn convert",
              "Writes the parameters of a model with PyTorch's names: as one NPY file each if OUT "
              "is a folder, else as safetensors, which torch's load_state_dict takes. With "
              "--weights, writes the model with other parameters.");
  flags.argument("MODEL", file, "a file that nn train wrote");
  flags.argument("OUT", out, "the folder or file to write");
  flags.text("weights", weights, "a safetensors file of PyTorch's, to put into the model");
  flags.text("order", order,
             "how the weights order flattened channels, if the file does not say: "
             "first, as PyTorch, or last");
  if (!flags.parse(argc, argv)) {
    std::cout << flags.help();
    return 0;
  }
  nn::Model model = nn::load_model(file);
  if (!weights.empty()) {
    nn::load_parameters(weights, *model.net, {.order = order_of(order)});
    nn::save_model(out, *model.net, model.info);
  } else if (out.ends_with('/') || is_folder(out)) {
    std::error_code error;
    std::filesystem::create_directories(out, error);
    for (const auto& [name, tensor] : nn::read_safetensors(file).tensors)
      nn::write_npy(out + "/" + name + ".npy", tensor);
  } else {
    nn::save_parameters(out, *model.net);
  }
  return 0;
}

}  // namespace apps
