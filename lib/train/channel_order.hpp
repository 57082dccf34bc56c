#pragma once

#include <map>
#include <string>

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Channels by the name of a weight.
using Channels = std::map<std::string, Index>;

/// The weights whose inputs are flattened images or signals of several channels, each with their
/// number: PyTorch has these inputs in another order. Follows the channels from each convolution
/// through the layers behind it to a Linear. `given` holds for the weights that it names.
///
/// ArgumentError, naming the layer, where the order cannot be known; for a given weight that the
/// network does not have; and for inputs that are no multiple of the channels. Private to lib/.
Channels flattened_channels(const Module& net, const Channels& given);

}}}  // namespace nn::NN_PRECISION::detail
