#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "nn/core/error.hpp"
#include "nn/train/adagrad.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/gradient_descent.hpp"
#include "nn/train/rms_prop.hpp"

namespace {

using nn::Index, nn::Scalar, nn::Tensor;

constexpr double kTolerance = sizeof(Scalar) == 8 ? 1e-12 : 1e-6;

std::vector<nn::ParameterPtr> parameter(const std::vector<Scalar>& values) {
  nn::Shape shape{static_cast<Index>(values.size())};
  return {std::make_shared<nn::Parameter>(nn::Parameter{"weight", nn::ParameterKind::weight,
                                                        Tensor::from(shape, values),
                                                        Tensor::zeros(shape), 1, 1})};
}

/// The parameters after each of the gradients.
std::vector<Tensor> path(nn::UpdateRule& rule, const std::vector<nn::ParameterPtr>& parameters,
                         double lr, const std::vector<std::vector<Scalar>>& gradients) {
  std::vector<Tensor> values;
  for (const auto& g : gradients) {
    parameters[0]->grad.copy_from(Tensor::from(parameters[0]->grad.shape(), g));
    rule.update(parameters, lr);
    values.push_back(parameters[0]->value.clone());
  }
  return values;
}

TEST(UpdateRules, ThatKeepTensorsStayWithTheirParameters) {
  nn::Adam adam;
  nn::GradientDescent heavy({.momentum = 0.9}), plain;
  auto first = parameter({1}), both = first;
  both.push_back(parameter({2, 3})[0]);
  for (nn::UpdateRule* rule : std::initializer_list<nn::UpdateRule*>{&adam, &heavy}) {
    path(*rule, first, 0.1, {{Scalar(0.5)}});
    const Scalar before = first[0]->value(0);
    EXPECT_THROW(rule->update(both, 0.1), nn::ArgumentError);
    EXPECT_THROW(rule->update(parameter({1}), 0.1), nn::ArgumentError);
    EXPECT_EQ(first[0]->value(0), before);
    EXPECT_EQ(rule->steps(), 1);
    rule->resume(0, both);
    rule->update(both, 0.1);
  }
  plain.update(first, 0.1);
  plain.update(both, 0.1);
}

TEST(UpdateRules, GoOnFromAsManyStepsAsATrainingCanMake) {
  auto parameters = parameter({1});
  nn::Adam adam;
  path(adam, parameters, 0.1, {{Scalar(0.5)}});
  const Scalar before = parameters[0]->value(0), m = (*adam.slots()[0].second)[0](0);
  for (nn::Index none : {nn::Index{-1}, std::numeric_limits<nn::Index>::min(),
                         nn::UpdateRule::max_steps + 1, std::numeric_limits<nn::Index>::max()})
    EXPECT_THROW(adam.resume(none, parameters), nn::ArgumentError) << none;
  EXPECT_EQ(adam.steps(), 1);
  EXPECT_EQ((*adam.slots()[0].second)[0](0), m);
  adam.resume(nn::UpdateRule::max_steps, parameters);
  path(adam, parameters, 0.1, {{Scalar(0.5)}});
  EXPECT_NEAR(parameters[0]->value(0), before - 0.1 * 0.05 / std::sqrt(0.00025), 1e-6);
}

TEST(UpdateRules, AdamCorrectsByTheStepWhateverStepsCameBefore) {
  const nn::AdamOptions options{.beta1 = 0.5, .beta2 = 0.6};  // 1 - b^t is 1 before step 80
  const std::vector<std::vector<Scalar>> gradients(3, {0.5, -1});
  nn::Adam busy(options);
  const auto moved = parameter({1, 2});
  path(busy, moved, 0.1, std::vector<std::vector<Scalar>>(100, {0.5, -1}));
  for (Index steps : {99, 2, 40, 70, 1}) {
    nn::Adam fresh(options);
    const auto other = parameter({1, 2});
    moved[0]->value.copy_from(other[0]->value);
    busy.resume(steps, moved);
    fresh.resume(steps, other);
    const std::vector<Tensor> got = path(busy, moved, 0.1, gradients),
                              expected = path(fresh, other, 0.1, gradients);
    for (std::size_t i = 0; i < got.size(); ++i)
      for (Index k = 0; k < 2; ++k) EXPECT_EQ(got[i](k), expected[i](k)) << steps;
  }
}

TEST(UpdateRules, ACopyKeepsTensorsOfItsOwn) {
  auto parameters = parameter({1});
  nn::Adam adam;
  path(adam, parameters, 0.1, {{Scalar(0.5)}});
  nn::Adam copy = adam, assigned;
  assigned = adam;
  const Scalar m = (*adam.slots()[0].second)[0](0);
  path(adam, parameters, 0.1, {{Scalar(-2)}});
  EXPECT_NE((*adam.slots()[0].second)[0](0), m);
  EXPECT_EQ((*copy.slots()[0].second)[0](0), m);
  EXPECT_EQ((*assigned.slots()[0].second)[0](0), m);
}

TEST(UpdateRules, DecayAloneMovesAsFarAsItSays) {
  const std::vector<std::vector<Scalar>> none{{0}};
  for (nn::ParameterKind kind : {nn::ParameterKind::weight, nn::ParameterKind::bias,
                                 nn::ParameterKind::gain, nn::ParameterKind::slope}) {
    const bool decays = kind == nn::ParameterKind::weight;
    auto after = [&](auto rule) {
      auto parameters = parameter({2});
      parameters[0]->kind = kind;
      return path(rule, parameters, 0.5, none)[0](0);
    };
    const double expected = decays ? 2 - 0.5 * 0.1 * 2 : 2;
    EXPECT_NEAR(after(nn::GradientDescent({.weight_decay = 0.1, .decay_only_weights = true})),
                expected, kTolerance);
    EXPECT_NEAR(after(nn::AdamW({.weight_decay = 0.1, .decay_only_weights = true})), expected,
                kTolerance);
    EXPECT_NEAR(after(nn::AdamW({.weight_decay = 0.1})), 1.9, kTolerance);
    EXPECT_EQ(after(nn::Adam({.weight_decay = 0.1, .decay_only_weights = true})) < 2, decays);
    EXPECT_EQ(after(nn::RMSProp({.weight_decay = 0.1, .decay_only_weights = true})) < 2, decays);
    EXPECT_EQ(after(nn::Adagrad({.weight_decay = 0.1, .decay_only_weights = true})) < 2, decays);
  }
}

TEST(UpdateRules, NameTheParametersThatDecay) {  // a checkpoint goes by the description
  EXPECT_NE(nn::Adam({.weight_decay = 0.1}).describe(),
            nn::Adam({.weight_decay = 0.1, .decay_only_weights = true}).describe());
}

TEST(UpdateRules, RefuseSettingsWithoutMeaning) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(nn::Adam({.weight_decay = HUGE_VAL}), nn::ArgumentError);
  if (sizeof(Scalar) == 4) {
    EXPECT_THROW(nn::Adam({.epsilon = 1e-50}), nn::ArgumentError);
  }
  EXPECT_THROW(nn::GradientDescent({.momentum = -0.1}), nn::ArgumentError);
  EXPECT_THROW(nn::GradientDescent({.weight_decay = nan}), nn::ArgumentError);
  EXPECT_THROW(nn::GradientDescent({.nesterov = true}), nn::ArgumentError);
  EXPECT_THROW(nn::Adam({.beta1 = 1}), nn::ArgumentError);
  EXPECT_THROW(nn::Adam({.beta2 = -0.5}), nn::ArgumentError);
  EXPECT_THROW(nn::Adam({.epsilon = 0}), nn::ArgumentError);
  EXPECT_THROW(nn::AdamW({.weight_decay = nan}), nn::ArgumentError);
  EXPECT_THROW(nn::RMSProp({.alpha = 1}), nn::ArgumentError);
  EXPECT_THROW(nn::RMSProp({.epsilon = 0}), nn::ArgumentError);
  EXPECT_THROW(nn::RMSProp({.weight_decay = -1}), nn::ArgumentError);
  EXPECT_THROW(nn::RMSProp({.momentum = nan}), nn::ArgumentError);
  EXPECT_THROW(nn::Adagrad({.epsilon = nan}), nn::ArgumentError);
  EXPECT_THROW(nn::Adagrad({.weight_decay = HUGE_VAL}), nn::ArgumentError);
}

}  // namespace
