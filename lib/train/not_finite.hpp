#pragma once

#include <string>

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The x that not_finite_output() names first.
constexpr char kBatch[] = "the batch's x";

/// What is not finite, by name: a parameter; else, of what predict(x) computes, x or the first part
/// of a Sequential whose output is not: "the output of layer 1, TanH". Empty if all is finite.
/// Private to lib/.
std::string not_finite_parameter(const Module& net);
std::string not_finite_output(const Module& net, const Tensor& x);

}}}  // namespace nn::NN_PRECISION::detail
