#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nn/modules/module.hpp"

namespace nn::inline NN_PRECISION::detail {

/// Everything that a module and its parts hold, in the order in which they name it. Collecting anew
/// allocates nothing if there is not more than the last time.
class Contents final : public Visitor {
 public:
  struct Slot {
    ParameterPtr* parameter;
    bool adds_once;    // so do the module and all that it is a part of
    Index uses;        // how many slots hold this parameter; 0 in all but the first of them
    std::string name;  // "encoder.0.weight", if names were asked for
  };
  struct Buffer {
    Tensor* tensor;
    std::string name;
  };
  enum class Names { no, yes };

  Contents() = default;
  /// Of a const module only what is const may be changed.
  explicit Contents(const Module& net, Names names = Names::no) { collect(net, names); }
  /// ArgumentError if a part is met twice.
  void collect(const Module& net, Names names = Names::no);

  const std::vector<Module*>& modules() const { return modules_; }
  const std::vector<Slot>& slots() const { return slots_; }
  const std::vector<Buffer>& buffers() const { return buffers_; }

  /// f(parameter) for each parameter once.
  template <class F>
  void for_each_parameter(F f) const {
    for (const Slot& slot : slots_)
      if (slot.uses > 0) f(*slot.parameter);
  }

  void parameter(ParameterPtr& parameter) override;
  void buffer(std::string_view name, Tensor& buffer) override;
  void part(std::string_view name, Module& part) override;

 private:
  /// The modules from the one being visited up to the network.
  struct Level {
    const Module* module;
    const Level* above;
    bool adds_once;
  };
  void enter(Module& module);
  void check_parts();
  void count_uses();

  std::vector<Module*> modules_;
  std::vector<Slot> slots_;
  std::vector<Buffer> buffers_;
  const Level* level_ = nullptr;
  bool named_ = false;
  std::string path_;
  std::vector<const Module*> sorted_modules_;
  std::vector<std::pair<const Parameter*, std::size_t>> sorted_slots_;
};

}  // namespace nn::inline NN_PRECISION::detail
