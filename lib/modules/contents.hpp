#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Everything that a module and its parts hold, in the order in which they name it. Collecting the
/// same anew allocates nothing.
class Contents final : public Visitor {
 public:
  struct Slot {
    ParameterPtr* parameter = nullptr;
    const Parameter* held = nullptr;
    bool adds_once = false;  // so do the module and all that it is a part of
    Index uses = 0;          // how many slots hold this parameter; 0 in all but the first of them
  };
  struct Running {
    Tensor* buffer;
    const Tensor* batch;
    double momentum;
  };
  enum class Names { no, yes };

  Contents() = default;
  /// Of a const module only what is const may be changed.
  explicit Contents(const Module& net, Names names = Names::no) { collect(net, names); }
  /// ArgumentError if a part is met twice.
  void collect(const Module& net, Names names = Names::no);

  const std::vector<Module*>& modules() const { return modules_; }
  const std::vector<Slot>& slots() const { return slots_; }
  const std::vector<Tensor*>& buffers() const { return buffers_; }
  /// A batch may be replaced: update_running() takes the one that is there.
  std::vector<Running>& running() { return running_; }

  /// Tells each random layer the seed, the step, the first row and its own place.
  void set_random(std::uint64_t seed, std::uint64_t step, Index first_row) const;
  /// Running statistics take over those of the last batch.
  void update_running() const;
  /// Of slots and of buffers, if they were asked for: "encoder.0.weight".
  const std::vector<std::string>& slot_names() const { return slot_names_; }
  const std::vector<std::string>& buffer_names() const { return buffer_names_; }

  /// f(parameter) for each parameter once.
  template <class F>
  void for_each_parameter(F f) const {
    for (const Slot& slot : slots_)
      if (slot.uses > 0) f(*slot.parameter);
  }

  void parameter(ParameterPtr& parameter) override;
  void buffer(std::string_view name, Tensor& buffer) override;
  void running(std::string_view name, Tensor& buffer, const Tensor& batch,
               double momentum) override;
  void random(RandomKey& key) override;
  void part(std::string_view name, Module& part) override;

 private:
  /// The modules from the one being visited up to the network.
  struct Level {
    const Module* module;
    const Level* above;
    bool adds_once;
  };
  void start();
  void finish();
  void enter(Module& module);
  void check_parts() const;
  void count_uses();

  std::vector<Module*> modules_;
  std::vector<Slot> slots_;
  std::vector<Tensor*> buffers_;
  std::vector<Running> running_;
  std::vector<RandomKey*> random_;
  std::vector<std::string> slot_names_, buffer_names_;
  const Level* level_ = nullptr;
  bool named_ = false;
  std::string path_;
  // What was found the last time is written over. Where the same is found again, parts need no
  // check and uses no count.
  std::size_t modules_found_ = 0, slots_found_ = 0;
  bool new_modules_ = false, new_parameters_ = false;
  bool is_complete_ = false;  // no exception came between
};

}}}  // namespace nn::NN_PRECISION::detail
