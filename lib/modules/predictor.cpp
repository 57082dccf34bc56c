#include "nn/modules/predictor.hpp"

#include <algorithm>
#include <string>
#include <typeinfo>
#include <utility>

#include "core/block_cache.hpp"
#include "core/serial_loops.hpp"
#include "modules/error_context.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/sequential.hpp"

namespace nn { inline namespace NN_PRECISION {

Predictor::Predictor(const Module& net, const Shape& input)
    : net_(&net),
      layers_(typeid(net) == typeid(Sequential) ? static_cast<const Sequential*>(&net) : nullptr),
      input_(input),
      blocks_(std::make_unique<BlockCache>(BlockCache::Of::an_object)) {
  plan();
}

Predictor::~Predictor() { blocks_->free_all(); }

/// visit(layer i, i)
template <class Visit>
void Predictor::for_layers(Visit visit) const {
  if (!layers_ || layers_->modules_.empty()) return visit(*net_, std::size_t{0});
  std::size_t i = 0;
  detail::with_context([&i] { return "layer " + std::to_string(i) + ", "; },
                       [&] {
                         for (; i < layers_->modules_.size(); ++i) visit(*layers_->modules_[i], i);
                       });
}

void Predictor::plan() {
  std::vector<Step> steps;
  std::vector<Tensor> values;
  Shape shape = input_;
  for_layers([&](const Module& layer, std::size_t i) {
    shape = layer.output_shape(shape);
    const bool in_place = i > 0 && layer.in_place();  // not in the caller's x
    if (!in_place)
      values.emplace_back(shape);
    else if (values.back().shape() != shape)
      values.push_back(values.back().reshape(shape));
    steps.push_back({values.size() - 1, in_place});
  });
  steps_ = std::move(steps);
  values_ = std::move(values);
  holders_ = values_.back().use_count();
}

/// Whether the plan has as many layers, and nobody holds a copy of the last result.
bool Predictor::is_planned() const {
  const std::size_t layers = layers_ ? layers_->modules_.size() : 0;
  return steps_.size() == std::max<std::size_t>(layers, 1) &&
         values_.back().use_count() == holders_;
}

/// Whether it could: a layer that does not work in place may have come where one did.
bool Predictor::run(const Tensor& x) {
  const Tensor* from = &x;
  bool fits = true;
  for_layers([&](const Module& layer, std::size_t i) {
    const Step step = steps_[i];
    Tensor& to = values_[step.value];
    fits = fits && (!step.in_place || layer.in_place());
    if (fits) layer.predict_into(*from, to);
    from = &to;
  });
  return fits;
}

const Tensor& Predictor::operator()(const Tensor& x) {
  if (x.shape() != input_)
    throw ShapeError("Predictor: planned for x " + input_.to_string() + ", got " +
                     x.shape().to_string());
  if (may_overlap(x, values_.back())) return (*this)(x.clone());
  const UseBlocks blocks(*blocks_);
  const detail::LoopsAlone alone;
  try {
    if (is_planned() && run(x)) return values_.back();
  } catch (const ShapeError&) {
    // a part was replaced by one of other shapes, unless it happens again
  }
  plan();
  run(x);
  return values_.back();
}

}}  // namespace nn::NN_PRECISION
