#include <string>

#include "nn/core/error.hpp"
#include "nn/modules/parse_network.hpp"
#include "nn/train/model_file.hpp"
#include "targets.hpp"

namespace nn::fuzz {

/// What is loaded can be used, copied and described.
void model(std::string_view bytes) {
  try {
    const Model model = parse_model(bytes);
    require(model.net->clone()->describe() == model.net->describe(), "model: another copy");
    if (model.info.examples.numel() > 0) model.net->predict(model.info.examples);
    if (model.info.pipeline.is_fitted())
      require(!model.info.pipeline.to_json().empty(), "model: no pipeline");
  } catch (const DataError&) {
  }
}

/// A network that a text tells of takes the input that it was made for.
void network(std::string_view text) {
  int digits = 0;  // in a row: sizes stay small
  for (char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 1) return;
  }
  for (const Shape& example : {Shape{4}, Shape{6, 3}, Shape{9, 9, 2}}) {
    try {
      const Sequential net = parse_network(text, example);
      require(net.output_shape(example.inserted(0, 2))[0] == 2, "network: the batch");
    } catch (const ArgumentError&) {
    }
  }
}

}  // namespace nn::fuzz
