#include "nn/train/optim.hpp"

#include <cmath>

#include "modules/contents.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// The total weight of a part's examples, which have these costs.
double weight_of(const Dataset& part, const Tensor& costs) {
  if (part.weight.numel() == 0) return static_cast<double>(costs.numel());
  if (costs.shape() != part.weight.shape())
    throw ShapeError("Optim: weights " + part.weight.shape().to_string() + " for costs " +
                     costs.shape().to_string());
  return part.total_weight();
}

/// Row i of delta times factor and the example's weight, if it has one.
void scale_rows(double factor, const Tensor& weight, Tensor& delta) {
  if (weight.numel() == 0) return scal(static_cast<Scalar>(factor), delta);
  for (Index i = 0; i < delta.size(0); ++i) {
    Tensor row = delta.select(0, i);
    scal(static_cast<Scalar>(factor * weight(i)), row);
  }
}

}  // namespace

/// Prepares the gradients for one step. A parameter with several users, or with one that does not
/// promise adds_once(), starts from -0, as -0 + g is g for every g, and adds up. Any other needs no
/// pass of its own over its gradient: that is Tensor(), or, if the plain rule's step is fused with
/// the sum, the value itself. A small gradient is always filled: that costs less than a new Tensor.
class Optim::GradientScope {
 public:
  GradientScope(std::vector<Trained>& trained, bool fused) : trained_(trained), fused_(fused) {
    constexpr Index kSmall = 256;
    for (Trained& t : trained_) {  // may throw: no gradient is a value yet
      if (fused) detail::check_writable(t.parameter->name.c_str(), t.parameter->value);
      if (!fused && t.parameter->value.numel() <= kSmall) t.adds_once = false;
      if (t.adds_once) continue;
      Tensor& grad = t.parameter->grad;
      if (grad.shape() != t.parameter->value.shape()) grad = Tensor(t.parameter->value.shape());
      grad.fill(Scalar{-0.0});
    }
    for (Trained& t : trained_) {
      if (!t.adds_once) continue;
      Tensor& grad = t.parameter->grad;
      if (fused) {
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
      if (fused_)
        grad = std::move(t.kept_grad);
      else if (grad.numel() == 0)  // nothing was added
        grad = Tensor::zeros(shape);
      else if (grad.shape() != shape && grad.numel() == shape.numel())  // (3) for a value (1, 3)
        grad = grad.reshape(shape);
    }
  }

 private:
  std::vector<Trained>& trained_;
  bool fused_;
};

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

void Optim::set_clipping(const Clipping& clipping) {
  check_clipping(clipping);
  clipping_ = clipping;
  gradient_norm_ = std::numeric_limits<double>::quiet_NaN();
}

void Optim::set_micro_batch(Index rows) {
  if (rows < 0) throw ArgumentError("Optim: micro-batches of " + std::to_string(rows) + " rows");
  micro_batch_ = rows;
}

double Optim::step(const Tensor& x, const Tensor& y, const Tensor& weight) {
  const Dataset batch{x, y, weight};
  if (!team_) return step_own(batch, x.rank() > 0 ? x.size(0) : 0);
  const Team::Share own = own_rows(batch.size());
  return step_own(batch.slice(own.begin, own.end), batch.size());
}

double Optim::step_own(const Dataset& own, Index batch_rows) {
  const bool is_cut = micro_batch_ > 0 && batch_rows > micro_batch_;
  const bool fused = rule().is_plain() && !is_cut && !clipping_.is_on();
  find_parameters();
  if (team_ && fused)  // values move by what the team has added
    for (Trained& t : trained_) t.adds_once = false;
  const Costs costs =
      team_ || is_cut ? accumulate(own, batch_rows, fused) : propagate(own, 0, {}, fused);
  batch_weight_ = costs.weight;
  if (costs.weight == 0) {
    for (const ParameterPtr& p : parameters_) p->grad.fill(0);
    return 0;
  }
  const double cost = costs.sum / costs.weight;
  if (!std::isfinite(cost)) return cost;
  if (clipping_.is_on()) {
    gradient_norm_ = clip_gradients(parameters_, clipping_);
    if (!std::isfinite(gradient_norm_)) return gradient_norm_;
  }
  contents_->update_running();
  move(fused);
  return cost;
}

Optim::Costs Optim::propagate(const Dataset& part, Index first_row,
                              std::optional<double> whole_weight, bool fused) {
  contents_->set_random(seed_, static_cast<std::uint64_t>(rule_->steps()), first_row);
  Tensor yhat = net_.forward(part.x), delta;
  const Tensor each = loss_.forward_backward(part.y, yhat, delta);
  const double own_weight = weight_of(part, each);
  const Costs costs{part.weight.numel() > 0 ? sum(each * part.weight) : sum(each), own_weight};
  const double weight = whole_weight.value_or(costs.weight);
  if (weight == 0 || !std::isfinite(costs.sum)) return costs;

  // backward is linear in delta: from -step dL/dz it makes -step dL/dW, the plain rule's step.
  const double factor = (fused ? -step_ : 1.0) / loss_.divisor(reduction_, yhat.shape(), weight);
  if (!delta.is_unique() || !delta.is_contiguous()) delta = delta.clone();  // the loss may keep it
  scale_rows(factor, part.weight, delta);
  const GradientScope scope(trained_, fused);
  net_.backward_update_gradient(part.x, delta);
  return costs;
}

void Optim::move(bool fused) {
  if (!fused) return rule_->update(parameters_, step_);
  for (const Trained& t : trained_)
    if (const Parameter& p = *t.parameter; !t.adds_once && !p.frozen)
      axpy(static_cast<Scalar>(p.step_scale), p.grad, t.parameter->value);
  rule_->update({}, step_);  // counts the step
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
    if (parameters_[count] != p) parameters_[count] = p;
    trained_[count].parameter = p.get();
    // A value whose elements another tensor sees may be another parameter's too.
    trained_[count].adds_once = slot.adds_once && slot.uses == 1 && !p->frozen &&
                                p->step_scale == 1 && p->value.is_unique();
    ++count;
  }
  parameters_.resize(count);
  trained_.resize(count);
}

}}  // namespace nn::NN_PRECISION
