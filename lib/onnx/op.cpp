#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "onnx/importer.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

void Op::fail(const std::string& what) const {
  const std::string name =
      !node_.name.empty() || node_.outputs.empty() ? node_.name : "to " + node_.outputs[0];
  throw DataError("node " + in_quotes(name) + ", " + in_quotes(node_.op_type) + ": " + what);
}

const Attribute* Op::find(const std::string& attribute) const {
  for (const Attribute& a : node_.attributes)
    if (a.name == attribute) return &a;
  return nullptr;
}

std::int64_t Op::number(const std::string& attribute, std::int64_t usual) const {
  const Attribute* a = find(attribute);
  return a ? a->i : usual;
}

double Op::real(const std::string& attribute, double usual) const {
  const Attribute* a = find(attribute);
  return a ? parse_number<double>(to_text(a->f)).value_or(usual) : usual;
}

std::string Op::text(const std::string& attribute, const std::string& usual) const {
  const Attribute* a = find(attribute);
  return a ? a->s : usual;
}

Ints Op::numbers(const std::string& attribute, const Ints& usual) const {
  const Attribute* a = find(attribute);
  return a ? a->ints : usual;
}

bool Op::has_input(std::size_t i) const {
  return i < node_.inputs.size() && !node_.inputs[i].empty();
}

const std::string& Op::input(std::size_t i) const {
  if (!has_input(i)) fail("input " + std::to_string(i) + " is missing");
  return node_.inputs[i];
}

bool Op::is_constant(std::size_t i) const {
  return has_input(i) && graph_.constant(node_.inputs[i]);
}

const TensorProto& Op::tensor(std::size_t i) const {
  if (const TensorProto* tensor = graph_.constant(input(i))) return *tensor;
  fail("input " + in_quotes(input(i)) + " is computed; expected a constant");
}

Tensor Op::constant(std::size_t i) const { return tensor(i).floats(); }

Ints Op::constant_ints(std::size_t i) const { return tensor(i).ints(); }

Ints Op::numbers_or_input(const std::string& attribute, std::size_t i) const {
  return has_input(i) ? constant_ints(i) : numbers(attribute);
}

const Step& Op::step(std::size_t i) const {
  if (const Step* step = graph_.find(input(i))) return *step;
  fail("input " + in_quotes(input(i)) + " is a constant; expected what is computed");
}

const Place& Op::place(std::size_t i) const {
  const Place& place = place_in_any_layout(i);
  if (place.layout == Layout::exchanged) fail("channels that were exchanged with columns");
  return place;
}

const Place& Op::place_in_any_layout(std::size_t i) const {
  const Place& place = step(i).place;
  if (place.are_rows_of_table) fail("whole numbers; expected floats");
  if (place.directions >= 0) fail("expected a Squeeze behind the recurrent layer");
  if (!place.padding.empty()) fail("a Pad is read before a Conv and an AveragePool alone");
  return place;
}

const Place& Op::channels_first(std::size_t i) const {
  const Place& x = place(i);
  if (x.shape.rank() > 2 && x.layout != Layout::channels_first)
    fail("its input does not have the channels first");
  return x;
}

void Op::define(Modules modules, const Place& place) const {
  Step step;
  step.node = &node_;
  step.inputs = {input(0)};
  step.place = place;
  for (const auto& module : modules) step.place.shape = module->output_shape(step.place.shape);
  step.modules = std::move(modules);
  graph_.define(node_.outputs.at(0), std::move(step));
}

void Op::define(std::unique_ptr<Module> module, const Place& place) const {
  Modules modules;
  modules.push_back(std::move(module));
  define(std::move(modules), place);
}

void Op::define_problem(const std::string& what) const {
  Step step;
  step.node = &node_;
  step.problem = what;
  for (std::size_t i = 0; i < node_.inputs.size(); ++i) {
    if (has_input(i) && graph_.find(node_.inputs[i])) step.inputs.push_back(node_.inputs[i]);
  }
  if (step.inputs.empty()) fail(what);
  step.place = graph_.find(step.inputs[0])->place;
  graph_.define(node_.outputs.at(0), std::move(step));
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
