#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

class BlockCache;
class Sequential;

/// net.predict(x) for x of one shape, again and again, in memory that is taken once: the same bits.
/// The constructor and the first call take it. From then on a call allocates nothing, takes no lock
/// and makes no system call (docs/prediction.md), as far as modules of your own do not.
///
///     nn::Predictor predict(net, {1, 256});
///     const nn::Tensor& z = predict(x);
///
/// The network is not copied. Trained parameters count from the next call on. If a part was
/// replaced by another one, the next call plans anew.
///
/// The result lies in the Predictor: read it before the next call, or clone() it. A copy of the
/// Tensor itself keeps its numbers too, but makes the next call take new memory.
///
/// Thread safety: one Predictor for each thread; all may share one network while nobody changes it.
/// A call runs on its own thread alone.
class Predictor {
 public:
  /// The network must live as long. ShapeError if it does not take such an x.
  Predictor(const Module& net, const Shape& input);
  /// A temporary network would be gone.
  Predictor(Module&&, const Shape&) = delete;
  Predictor(const Predictor&) = delete;
  Predictor& operator=(const Predictor&) = delete;
  ~Predictor();

  /// ShapeError for an x of another shape; the Predictor can still be used then.
  const Tensor& operator()(const Tensor& x);

  /// Of x.
  const Shape& input_shape() const { return input_; }
  /// Of the result.
  const Shape& output_shape() const { return values_.back().shape(); }

 private:
  /// Where a layer's result lies, and whether that is where its input does.
  struct Step {
    std::size_t value;
    bool in_place;
  };

  template <class Visit>
  void for_layers(Visit visit) const;
  void plan();
  bool is_planned() const;
  bool run(const Tensor& x);

  const Module* net_;
  const Sequential* layers_;  // null for another network, which counts as one layer
  Shape input_;
  std::unique_ptr<BlockCache> blocks_;
  std::vector<Step> steps_;  // one for each layer
  std::vector<Tensor> values_;
  long holders_ = 0;  // of the last one's memory: these values
};

}}  // namespace nn::NN_PRECISION
