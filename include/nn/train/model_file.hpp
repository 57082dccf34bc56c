#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nn/data/pipeline.hpp"
#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What a model file tells besides the network. All of it may be left out.
struct ModelInfo {
  Pipeline pipeline = {};                 // makes x of a table; fitted
  std::string target = {};                // the column that is predicted
  std::vector<std::string> classes = {};  // their names, if the outputs are scores of classes
  std::string text = {};                  // whatever is worth keeping, in UTF-8
  /// A few inputs, (n, ...). They are saved with what the network makes of them, and loading checks
  /// that it makes the same again.
  Tensor examples = {};
};

/// A network and what its use needs:
///
///     const nn::Model model = nn::load_model("penguins.safetensors");
///     const nn::Table table = nn::read_table("new.csv", {.types = model.info.pipeline.types()});
///     for (const std::string& species : model.classify(table)) std::cout << species << '\n';
///
/// Thread safety: const functions may run in many threads at once.
struct Model {
  std::unique_ptr<Module> net;
  ModelInfo info;

  /// What the network makes of the rows of a table, (n, outputs). Errors as Pipeline::transform().
  Tensor predict(const Table& table) const;
  /// For each row, the class with the highest score. ArgumentError unless each output of the
  /// network has the name of a class.
  std::vector<std::string> classify(const Table& table) const;
};

/// Saves a network with its layers, parameters and buffers as one safetensors file. The tensors
/// have PyTorch's names and layout, as from save_parameters(). Where the order of flattened
/// channels cannot be known, the file has this library's, and its metadata "channel_order" is
/// "last". The metadata "nn.model" tells the rest as JSON; docs/files.md has an example. Parameters
/// that layers share stay shared.
///
/// Written whole or not at all; DataError if it cannot be. ArgumentError for a class of your own
/// that is not in the table of kinds (register_module()), for text that is not UTF-8, for classes
/// that are not as many as the outputs of the examples, for examples or outputs that are not
/// finite, and for a pipeline that has steps but was not fitted.
void save_model(const std::string& path, const Module& net, const ModelInfo& info = {});

/// Loads what save_model() saved: the same predictions to the last bit. A class of your own must be
/// in the table of kinds. DataError, naming the path and what is wrong: for a damaged file, one
/// without a model, one of a newer version, a kind that nobody registered, options that its
/// constructor refuses, tensors that do not fit, and examples that the network now answers by more
/// than 1e-5 (1 + |output|) differently.
Model load_model(const std::string& path);
/// The same from bytes in memory, such as a file that is part of a program. `name` stands in
/// errors.
Model parse_model(std::string_view bytes, const std::string& name = "model");

}}  // namespace nn::NN_PRECISION
