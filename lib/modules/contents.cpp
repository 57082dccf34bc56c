#include "modules/contents.hpp"

#include <algorithm>

#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION::detail {

void Contents::collect(const Module& net, Names names) {
  modules_.clear();
  slots_.clear();
  buffers_.clear();
  path_.clear();
  level_ = nullptr;
  named_ = names == Names::yes;
  enter(const_cast<Module&>(net));
  check_parts();
  count_uses();
}

void Contents::enter(Module& module) {
  for (const Level* level = level_; level; level = level->above)
    if (level->module == &module)
      throw ArgumentError(module.describe() + ": a module is a part of itself");
  const Level level{&module, level_, module.adds_once() && (!level_ || level_->adds_once)};
  level_ = &level;
  modules_.push_back(&module);
  module.visit(*this);
  level_ = level.above;
}

void Contents::parameter(ParameterPtr& parameter) {
  if (!parameter) return;
  slots_.push_back({&parameter, level_->adds_once, 0, ""});
  if (named_) slots_.back().name = path_ + parameter->name;
}

void Contents::buffer(std::string_view name, Tensor& buffer) {
  buffers_.push_back({&buffer, ""});
  if (named_) buffers_.back().name = path_ + std::string(name);
}

void Contents::part(std::string_view name, Module& part) {
  const std::size_t length = path_.size();
  if (named_) path_.append(name) += '.';
  enter(part);
  path_.resize(length);
}

void Contents::check_parts() {
  sorted_modules_.assign(modules_.begin(), modules_.end());
  std::sort(sorted_modules_.begin(), sorted_modules_.end());
  const auto twice = std::adjacent_find(sorted_modules_.begin(), sorted_modules_.end());
  if (twice != sorted_modules_.end())
    throw ArgumentError(modules_[0]->describe() + ": " + (*twice)->describe() +
                        " is a part of it in two places");
}

void Contents::count_uses() {
  sorted_slots_.clear();
  for (std::size_t i = 0; i < slots_.size(); ++i)
    sorted_slots_.emplace_back(slots_[i].parameter->get(), i);
  std::sort(sorted_slots_.begin(), sorted_slots_.end());
  std::size_t first = 0;
  for (std::size_t i = 0; i < sorted_slots_.size(); ++i) {
    if (sorted_slots_[i].first != sorted_slots_[first].first) first = i;
    ++slots_[sorted_slots_[first].second].uses;
  }
}

}  // namespace nn::inline NN_PRECISION::detail
