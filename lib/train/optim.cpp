#include "nn/train/optim.hpp"

#include <cmath>

#include "modules/contents.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Says where modules add their gradients while a step lasts. A parameter with one user that adds
/// once needs no pass of its own over its gradient. Under the plain rule its gradient is its value:
/// what is added is the step. Under other rules it is Tensor(), which the addition makes anew.
/// All others add up from -0, which changes no number that is added to it.
class Optim::GradientScope {
 public:
  GradientScope(std::vector<Trained>& trained, bool plain) : trained_(trained), plain_(plain) {
    for (Trained& t : trained_) {  // may throw: no gradient is a value yet
      if (t.adds_once) continue;
      Tensor& grad = t.parameter->grad;
      if (grad.shape() != t.parameter->value.shape()) grad = Tensor(t.parameter->value.shape());
      grad.fill(Scalar{-0.0});
    }
    for (Trained& t : trained_) {
      if (!t.adds_once) continue;
      Tensor& grad = t.parameter->grad;
      if (plain) {
        t.kept_grad = std::move(grad);
        grad = t.parameter->value;
      } else {
        grad = Tensor();
      }
    }
  }
  GradientScope(const GradientScope&) = delete;
  ~GradientScope() {
    for (Trained& t : trained_) {
      Tensor& grad = t.parameter->grad;
      if (!t.adds_once) continue;
      const Shape& shape = t.parameter->value.shape();
      if (plain_)
        grad = std::move(t.kept_grad);
      else if (grad.numel() == 0)  // nothing was added
        grad = Tensor::zeros(shape);
      else if (grad.shape() != shape && grad.numel() == shape.numel())  // (3) for a value (1, 3)
        grad = grad.reshape(shape);
    }
  }

 private:
  std::vector<Trained>& trained_;
  bool plain_;
};

/// The sum of the costs, each times its weight, and the sum of the weights.
Optim::Costs Optim::weigh(const Tensor& costs, const Dataset& batch) {
  if (batch.weight.numel() == 0) return {sum(costs), static_cast<double>(costs.numel())};
  const double weight = batch.total_weight();
  if (costs.shape() != batch.weight.shape())
    throw ShapeError("Optim: weights " + batch.weight.shape().to_string() + " for costs " +
                     costs.shape().to_string());
  return {sum(costs * batch.weight), weight};
}

/// Row i of delta times factor and its weight, 1 if there are none.
void Optim::scale_rows(double factor, const Tensor& weight, Tensor& delta) {
  if (weight.numel() == 0) return scal(static_cast<Scalar>(factor), delta);
  for (Index i = 0; i < delta.size(0); ++i) {
    Tensor row = delta.select(0, i);
    scal(static_cast<Scalar>(factor * weight(i)), row);
  }
}

Optim::Optim(Module& net, const Loss& loss, double step, Reduction reduction,
             std::unique_ptr<UpdateRule> rule)
    : net_(net),
      loss_(loss),
      reduction_(reduction),
      rule_(std::move(rule)),
      contents_(std::make_unique<detail::Contents>()) {
  set_step_size(step);
}

Optim::Optim(Optim&&) noexcept = default;
Optim::~Optim() = default;

UpdateRule& Optim::rule() const {
  if (!rule_) throw ArgumentError("Optim: used after it was moved from");
  return *rule_;
}

void Optim::set_step_size(double step) {
  if (!(step >= 0) || !std::isfinite(static_cast<Scalar>(step)))
    throw ArgumentError("Optim: step " + to_text(step) +
                        ": expected a number >= 0 that a Scalar holds");
  step_ = step;
}

double Optim::step(const Tensor& x, const Tensor& y, const Tensor& weight) {
  const bool plain = rule().is_plain();
  find_parameters();
  const Costs costs = propagate({x, y, weight}, plain);
  if (costs.weight == 0) {
    net_.zero_grad();
    return 0;
  }
  const double cost = costs.sum / costs.weight;
  if (!std::isfinite(cost)) return cost;
  contents_->update_running();
  if (plain) {
    for (const Trained& t : trained_)
      if (!t.adds_once && !t.parameter->frozen) axpy(1, t.parameter->grad, t.parameter->value);
    rule_->update({}, step_);  // counts the step
  } else {
    rule_->update(parameters_, step_);
  }
  return cost;
}

Optim::Costs Optim::propagate(const Dataset& batch, bool plain) {
  contents_->set_random(seed_, static_cast<std::uint64_t>(rule_->steps()), 0);
  Tensor yhat = net_.forward(batch.x), delta;
  const Tensor each = loss_.forward_backward(batch.y, yhat, delta);
  const Costs costs = weigh(each, batch);
  if (costs.weight == 0 || !std::isfinite(costs.sum)) return costs;

  // backward is linear in delta: from -step dL/dz it makes -step dL/dW, the plain rule's step.
  const double factor =
      (plain ? -step_ : 1.0) / loss_.divisor(reduction_, yhat.shape(), costs.weight);
  if (!delta.is_unique() || !delta.is_contiguous()) delta = delta.clone();  // the loss may keep it
  scale_rows(factor, batch.weight, delta);
  const GradientScope scope(trained_, plain);
  net_.backward_update_gradient(batch.x, delta);
  return costs;
}

void Optim::find_parameters() {
  contents_->collect(net_);
  std::size_t count = 0;
  for (const detail::Contents::Slot& slot : contents_->slots()) {
    if (slot.uses == 0) continue;
    const ParameterPtr& p = *slot.parameter;
    if (count == parameters_.size()) {
      parameters_.push_back(p);
      trained_.emplace_back();
    }
    detail::check_writable(p->name.c_str(), p->value);
    if (parameters_[count] != p) parameters_[count] = p;
    trained_[count].parameter = p.get();
    // A value whose elements another tensor sees may be another parameter's too.
    trained_[count].adds_once =
        slot.adds_once && slot.uses == 1 && !p->frozen && p->value.is_unique();
    ++count;
  }
  parameters_.resize(count);
  trained_.resize(count);
}

}}  // namespace nn::NN_PRECISION
