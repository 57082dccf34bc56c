#include "train/not_finite.hpp"

#include "nn/modules/sequential.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// x becomes the module's output, if that is finite. Else the module's place, which `place` opens.
std::string find(const Module& module, const std::string& place, Tensor& x) {
  if (const auto* layers = dynamic_cast<const Sequential*>(&module)) {
    for (Index i = 0; i < layers->size(); ++i) {
      std::string found = find((*layers)[i], place + "layer " + std::to_string(i) + ", ", x);
      if (!found.empty()) return found;
    }
    return "";
  }
  x = module.predict(x);
  return all_finite(x) ? "" : "the output of " + place + module.describe();
}

}  // namespace

std::string not_finite_parameter(const Module& net) {
  for (const auto& [name, parameter] : net.named_parameters())
    if (!all_finite(parameter->value)) return name;
  return "";
}

std::string not_finite_output(const Module& net, const Tensor& x) {
  if (!all_finite(x)) return kBatch;
  Tensor output = x;
  return find(net, "", output);
}

}}}  // namespace nn::NN_PRECISION::detail
