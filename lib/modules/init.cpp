#include "nn/modules/init.hpp"

#include <cmath>
#include <vector>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

double number(const std::string& text, const std::string& whole) {
  auto value = parse_number<double>(text);
  if (!value || !std::isfinite(*value))
    throw ArgumentError("initialiser \"" + whole + "\": \"" + text + "\" is not a number");
  return *value;
}

/// Whether a Scalar holds it, if rounded.
bool is_scalar(double x) { return std::isfinite(static_cast<Scalar>(x)); }

}  // namespace

Init::Init(std::string name, Fan fan, bool gaussian, double low, double high)
    : name_(std::move(name)), fan_(fan), gaussian_(gaussian), low_(low), high_(high) {}

Init Init::torch() { return {"torch", Fan::in, false, -1, 1}; }
Init Init::xavier_uniform() {
  return {"xavier_uniform", Fan::average, false, -std::sqrt(3), std::sqrt(3)};
}
Init Init::xavier_normal() { return {"xavier_normal", Fan::average, true, 0, 1}; }
Init Init::he_uniform() { return {"he_uniform", Fan::in, false, -std::sqrt(6), std::sqrt(6)}; }
Init Init::he_normal() { return {"he_normal", Fan::in, true, 0, std::sqrt(2)}; }
Init Init::lecun_uniform() {
  return {"lecun_uniform", Fan::in, false, -std::sqrt(3), std::sqrt(3)};
}
Init Init::lecun_normal() { return {"lecun_normal", Fan::in, true, 0, 1}; }

Init Init::uniform(double low, double high) {
  if (!(low <= high) || !is_scalar(low) || !is_scalar(high) || !is_scalar(high - low))
    throw ArgumentError("initialiser uniform: " + to_text(low) + " to " + to_text(high) +
                        " is not a range");
  return {"uniform:" + to_text(low) + ":" + to_text(high), Fan::none, false, low, high};
}

Init Init::normal(double mean, double sd) {
  if (!(sd >= 0) || !is_scalar(mean) || !is_scalar(sd))
    throw ArgumentError("initialiser normal: mean " + to_text(mean) + ", deviation " + to_text(sd) +
                        ": expected finite numbers, the second at least 0");
  return {"normal:" + to_text(mean) + ":" + to_text(sd), Fan::none, true, mean, sd};
}

Init Init::parse(const std::string& text) {
  for (const Init& init : {torch(), xavier_uniform(), xavier_normal(), he_uniform(), he_normal(),
                           lecun_uniform(), lecun_normal()})
    if (text == init.name_) return init;
  std::vector<std::string> parts(1);
  for (char c : text)
    if (c == ':')
      parts.emplace_back();
    else
      parts.back() += c;
  if (parts.size() == 3 && parts[0] == "uniform")
    return uniform(number(parts[1], text), number(parts[2], text));
  if (parts.size() == 3 && parts[0] == "normal")
    return normal(number(parts[1], text), number(parts[2], text));
  throw ArgumentError("unknown initialiser \"" + text +
                      "\": expected torch, xavier_uniform, xavier_normal, he_uniform, he_normal, "
                      "lecun_uniform, lecun_normal, uniform:LOW:HIGH or normal:MEAN:SD");
}

void Init::operator()(Parameter& parameter, Rng& rng) const {
  Tensor& value = parameter.value;
  if (parameter.kind == ParameterKind::gain) return value.fill(1);
  if (parameter.kind == ParameterKind::slope) return value.fill(Scalar{0.25});
  if (parameter.kind == ParameterKind::table) return normal(0, 1).draw(value, 1, rng);
  if (parameter.kind == ParameterKind::bias && fan_ != Fan::none && name_ != "torch")
    return value.fill(0);
  double fan = 1;
  if (fan_ == Fan::in) fan = static_cast<double>(parameter.fan_in);
  if (fan_ == Fan::average) fan = static_cast<double>(parameter.fan_in + parameter.fan_out) / 2;
  if (!(fan > 0))
    throw ArgumentError("initialiser " + name_ + ": " + parameter.name + " has fan " +
                        to_text(fan) + ": expected more than 0");
  draw(value, 1 / std::sqrt(fan), rng);
}

void Init::draw(Tensor& value, double scale, Rng& rng) const {
  Tensor drawn(value.shape());
  for (Index i = 0; i < drawn.numel(); ++i)
    drawn.data()[i] = static_cast<Scalar>(gaussian_ ? rng.normal(low_ * scale, high_ * scale)
                                                    : rng.uniform(low_ * scale, high_ * scale));
  value.copy_from(drawn);
}

namespace {

/// "Linear 256 128".
Rng default_rng(std::string kind, std::initializer_list<Index> sizes) {
  for (Index size : sizes) kind += ' ' + std::to_string(size);
  return Rng().stream(kind);
}

}  // namespace

void initialize(Module& module, Rng& rng, const Init& init) {
  for (const ParameterPtr& parameter : module.parameters()) init(*parameter, rng);
  module.zero_grad();
}

void initialize_by_default(Module& layer, std::initializer_list<Index> sizes) {
  Rng rng = default_rng(layer.kind(), sizes);
  initialize(layer, rng);
}

void initialize_by_default(Parameter& parameter, const std::string& kind,
                           std::initializer_list<Index> sizes) {
  Rng rng = default_rng(kind, sizes);
  Init::torch()(parameter, rng);
}

}}  // namespace nn::NN_PRECISION
