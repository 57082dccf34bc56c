#include "nn/modules/sequential.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>
#include <utility>

#include "modules/error_context.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

/// f(module i), whose error is passed on with the layer's number in front.
template <class F>
auto Sequential::at_layer(std::size_t i, F&& f) const {
  return detail::with_context([i] { return "layer " + std::to_string(i) + ", "; },
                              [&] { return f(*modules_[i]); });
}

Sequential& Sequential::append(std::unique_ptr<Module> module) {
  if (!module) throw ArgumentError("Sequential: append of no module");
  check_usable();
  modules_.push_back(std::move(module));
  inputs_.clear();
  return *this;
}

Sequential& Sequential::replace(Index i, std::unique_ptr<Module> module) {
  const std::size_t at = place(i);
  if (!module) throw ArgumentError("Sequential: no module to replace layer " + std::to_string(i));
  modules_[at] = std::move(module);
  inputs_.clear();
  return *this;
}

std::size_t Sequential::place(Index i) const {
  if (i < 0 || i >= size())
    throw RangeError("Sequential: no layer " + std::to_string(i) + " among " +
                     std::to_string(size()) + ", counted from 0");
  return static_cast<std::size_t>(i);
}

void Sequential::reject_class(Index i) const {
  throw ArgumentError("Sequential: layer " + std::to_string(i) + " is a " +
                      modules_[place(i)]->describe() + ", not of the class that was asked for");
}

const Module& Sequential::operator[](Index i) const { return *modules_[place(i)]; }

Module& Sequential::operator[](Index i) { return const_cast<Module&>(std::as_const(*this)[i]); }

Tensor Sequential::forward(const Tensor& x) {
  check_usable();
  // A wrong shape must not reach half of the layers; that of the last forward has passed.
  if (inputs_.empty() || inputs_[0].shape() != x.shape()) output_shape(x.shape());
  std::vector<Tensor> inputs = std::move(inputs_);  // none are kept if a layer throws
  inputs.resize(modules_.size());
  Tensor z = x;
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    inputs[i] = std::move(z);
    z = at_layer(i, [&](Module& module) { return module.forward(inputs[i]); });
  }
  inputs_ = std::move(inputs);
  return z;
}

Tensor Sequential::predict(const Tensor& x) const {
  check_usable();
  Tensor z = x;
  for (std::size_t i = 0; i < modules_.size(); ++i)
    z = at_layer(i, [&](const Module& module) { return module.predict(z); });
  return z;
}

/// Throws unless there is a delta for each layer to make from this one.
void Sequential::check_backward(const Tensor& x, const Tensor& delta) const {
  if (modules_.empty()) return check_delta(delta, x.shape());
  check_input(x, inputs_.size() == modules_.size() ? inputs_[0] : Tensor());
}

void Sequential::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_usable();
  check_backward(x, delta);
  Tensor d = delta;
  for (std::size_t i = modules_.size(); i-- > 1;)
    d = at_layer(i, [&](Module& module) { return module.backward(inputs_[i], d); });
  if (!modules_.empty())
    at_layer(0, [&](Module& module) { module.backward_update_gradient(inputs_[0], d); });
}

Tensor Sequential::backward_delta(const Tensor& x, const Tensor& delta) {
  check_usable();
  check_backward(x, delta);
  Tensor d = delta;
  for (std::size_t i = modules_.size(); i-- > 0;)
    d = at_layer(i, [&](Module& module) { return module.backward_delta(inputs_[i], d); });
  return d;
}

Tensor Sequential::backward(const Tensor& x, const Tensor& delta) {
  check_usable();
  check_backward(x, delta);
  Tensor d = delta;
  for (std::size_t i = modules_.size(); i-- > 0;)
    d = at_layer(i, [&](Module& module) { return module.backward(inputs_[i], d); });
  return d;
}

Shape Sequential::output_shape(const Shape& input) const {
  check_usable();
  Shape shape = input;
  for (std::size_t i = 0; i < modules_.size(); ++i)
    shape = at_layer(i, [&](const Module& module) { return module.output_shape(shape); });
  return shape;
}

/// Parts are named by their number: "0", "1".
void Sequential::visit(Visitor& visitor) {
  char digits[20];
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    const char* end = std::to_chars(digits, digits + sizeof digits, i).ptr;
    visitor.part({digits, static_cast<std::size_t>(end - digits)}, *modules_[i]);
  }
}

namespace {

/// The order of the sizes, which in other libraries may be another one.
std::string title_of_shapes(int highest_rank) {
  if (highest_rank == 4) return "output (batch, height, width, channels)";
  return highest_rank == 3 ? "output (batch, length, channels)" : "output";
}

}  // namespace

std::string Sequential::summary(const Shape& input) const { return table(&input); }

std::string Sequential::table(const Shape* input) const {
  std::vector<std::array<std::string, 4>> rows{{"", "layer", "", "parameters"}};
  Shape shape = input ? *input : Shape();
  int highest_rank = shape.rank();
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    if (input) shape = at_layer(i, [&](const Module& m) { return m.output_shape(shape); });
    highest_rank = std::max(highest_rank, shape.rank());
    rows.push_back({std::to_string(i), modules_[i]->describe(), input ? shape.to_string() : "",
                    std::to_string(modules_[i]->parameter_count())});
  }
  if (input) rows[0][2] = title_of_shapes(highest_rank);
  rows.push_back({"", "total", "", std::to_string(parameter_count())});
  std::array<std::size_t, 4> widths{};
  for (const auto& row : rows)
    for (std::size_t c = 0; c < 4; ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < 4; ++c) {
      if (widths[c] == 0) continue;
      std::string pad(widths[c] - row[c].size(), ' ');
      text += (c == 0 ? "" : "  ") + (c == 3 ? pad + row[c] : row[c] + pad);
    }
    text += '\n';
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const Sequential& net) {
  return out << net.table(net.inputs_.empty() ? nullptr : &net.inputs_[0].shape());
}

}}  // namespace nn::NN_PRECISION
