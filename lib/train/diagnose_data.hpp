#pragma once

#include <string>
#include <vector>

#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"

/// The parts of diagnose() that look at the data. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

using Warnings = std::vector<std::string>;

/// Five digits.
std::string brief(double value);

template <class Type, class Base>
bool is(const Base& object) {
  return dynamic_cast<const Type*>(&object) != nullptr;
}

/// Inputs far from 0 and 1, and constant columns. names: of the columns, or none.
void check_inputs(const Module& net, const Tensor& x, const std::vector<std::string>& names,
                  Warnings& warnings);
/// Classes without a row. yhat: any outputs of the network.
void check_labels(const Loss& loss, const Tensor& y, const Tensor& yhat, Warnings& warnings);
/// Rows that are in both parts.
void check_parts(const Tensor& train, const Tensor& validation, Warnings& warnings);

}}}  // namespace nn::NN_PRECISION::detail
