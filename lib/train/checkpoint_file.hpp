#pragma once

#include <string>

#include "nn/io/safetensors.hpp"
#include "nn/train/checkpoint_options.hpp"
#include "nn/train/optim.hpp"

/// The content of a checkpoint. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Network, rule and states.
TensorFile checkpoint_file(const Optim& optim, const States& states);
/// Puts them back; errors as load_checkpoint's, which name the path.
void restore(const std::string& path, TensorFile file, Optim& optim, const States& states);
/// Of the file's metadata; DataError if there is none.
const std::string& metadata(const std::string& path, const TensorFile& file,
                            const std::string& key);

}}}  // namespace nn::NN_PRECISION::detail
