#pragma once

#include <string>

#include "nn/io/safetensors.hpp"
#include "nn/train/checkpoint.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// What save_parameters() writes, and load_parameters() from what was read. Private to lib/.
TensorFile parameter_file(const std::string& path, const Module& net,
                          const ParameterFileOptions& options);
LoadReport load_parameters(const std::string& path, TensorFile file, Module& net,
                           const ParameterFileOptions& options);

}}}  // namespace nn::NN_PRECISION::detail
