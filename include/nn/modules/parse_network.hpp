#pragma once

#include <string_view>

#include "nn/modules/sequential.hpp"

namespace nn { inline namespace NN_PRECISION {

/// The network that a text tells of, for inputs of which one example has this shape (without the
/// batch). Layers are separated by blanks and written as describe() writes them. What follows from
/// the input may be left out: the inputs of a Linear, the channels of a convolution, the features
/// of a BatchNorm. Options may be named. Parts are networks, separated by commas:
///
///     nn::Sequential net = nn::parse_network("Linear(64) ReLU Dropout(0.2) Linear(3)", {4});
///     parse_network("Conv2D(3, 16, padding=1) BatchNorm ReLU MaxPool2D(2) Flatten Linear(10)",
///                   {28, 28, 1});
///     parse_network("Residual(Linear(8) TanH Linear(8)) Parallel(add=true, Linear(4), TanH)",
///     {8});
///
/// The table of kinds tells which layers and options there are. Options without a name are in the
/// order of the constructor's, so what follows one that was left out needs its name. Parameters
/// start as those of new layers do; initialize() draws others. A TiedLinear has a weight of its
/// own. ArgumentError, naming the layer, for a text that is none and for layers that do not take
/// what comes before them; for a name with a typo it says what was meant.
Sequential parse_network(std::string_view text, const Shape& example);

}}  // namespace nn::NN_PRECISION
