#include "modules/contents.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "nn/core/error.hpp"
#include "nn/core/philox.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

void Contents::collect(const Module& net, Names names) {
  start();
  named_ = names == Names::yes;
  enter(const_cast<Module&>(net));
  finish();
}

void Contents::start() {
  if (!std::exchange(is_complete_, false)) {
    modules_.clear();
    slots_.clear();
    path_.clear();
    level_ = nullptr;
  }
  modules_found_ = slots_found_ = 0;
  new_modules_ = new_parameters_ = false;
  buffers_.clear();
  running_.clear();
  random_.clear();
  slot_names_.clear();
  buffer_names_.clear();
}

void Contents::finish() {
  if (new_modules_ || modules_found_ < modules_.size()) {
    modules_.resize(modules_found_);
    check_parts();
  }
  if (new_parameters_ || slots_found_ < slots_.size()) {
    slots_.resize(slots_found_);
    count_uses();
  }
  is_complete_ = true;
}

void Contents::enter(Module& module) {
  for (const Level* level = level_; level; level = level->above)
    if (level->module == &module)
      throw ArgumentError(module.describe() + ": a module is a part of itself");
  module.check_usable();
  const Level level{&module, level_, module.adds_once() && (!level_ || level_->adds_once)};
  level_ = &level;
  if (modules_found_ == modules_.size()) modules_.push_back(nullptr);
  Module*& found = modules_[modules_found_++];
  new_modules_ = new_modules_ || found != &module;
  found = &module;
  module.visit(*this);
  level_ = level.above;
}

void Contents::parameter(ParameterPtr& parameter) {
  if (!parameter) return;
  const Parameter* held = parameter.get();
  if (slots_found_ == slots_.size()) slots_.emplace_back();
  Slot& slot = slots_[slots_found_++];
  new_parameters_ = new_parameters_ || slot.held != held;
  slot.parameter = &parameter;
  slot.held = held;
  slot.adds_once = level_->adds_once;
  if (named_) slot_names_.push_back(path_ + parameter->name);
}

void Contents::buffer(std::string_view name, Tensor& buffer) {
  buffers_.push_back(&buffer);
  if (named_) buffer_names_.push_back(path_ + std::string(name));
}

void Contents::running(std::string_view name, Tensor& buffer, const Tensor& batch,
                       double momentum) {
  running_.push_back({&buffer, &batch, momentum});
  this->buffer(name, buffer);
}

void Contents::random(RandomKey& key) { random_.push_back(&key); }

void Contents::set_random(std::uint64_t seed, std::uint64_t step, Index first_row) const {
  for (std::size_t i = 0; i < random_.size(); ++i) *random_[i] = {seed, step, i, first_row};
}

void Contents::update_running() const {
  for (const Running& r : running_) {
    if (r.batch->shape() != r.buffer->shape()) continue;  // no forward() in training yet
    scal(static_cast<Scalar>(1 - r.momentum), *r.buffer);
    axpy(static_cast<Scalar>(r.momentum), *r.batch, *r.buffer);
  }
}

void Contents::part(std::string_view name, Module& part) {
  const std::size_t length = path_.size();
  if (named_) path_.append(name) += '.';
  enter(part);
  path_.resize(length);
}

void Contents::check_parts() const {
  std::vector<Module*> sorted = modules_;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end())
    throw ArgumentError(modules_[0]->describe() + ": " + (*twice)->describe() +
                        " is a part of it in two places");
}

void Contents::count_uses() {
  std::unordered_map<const Parameter*, std::size_t> first;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].uses = 0;
    ++slots_[first.emplace(slots_[i].held, i).first->second].uses;
  }
}

}}}  // namespace nn::NN_PRECISION::detail
