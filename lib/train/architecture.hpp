#pragma once

#include <memory>

#include "io/json.hpp"
#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The layers of a network, without its numbers. A part's name stands before it:
///
///     {"kind": "Sequential", "parts": {"0": {"kind": "Linear", "options": {"in": 4, "out": 3}},
///                                      "1": {"kind": "TanH"}}}
///
/// ArgumentError if the table of kinds cannot build the network again. Private to lib/.
Json architecture(const Module& net);

/// The network that it tells of, with new parameters. DataError, naming the part, if it is not one.
std::unique_ptr<Module> build_network(const Json& architecture);

/// Which names of parameters stand for the parameter of another name:
/// {"decoder.0.weight": "encoder.0.weight"}.
Json ties(const Module& net);

/// Lets these parameters be shared. DataError for names that the network does not have and for
/// different shapes.
void tie(Module& net, const Json& ties);

}}}  // namespace nn::NN_PRECISION::detail
