#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nn/modules/sequential.hpp"
#include "onnx/layout.hpp"
#include "onnx/model.hpp"

/// From an ONNX graph to a network. Private to lib/.
///
/// The nodes are read in their order. Each value that depends on the input gets a Step: the layers
/// that make it from other values, and how its numbers lie there. Behind that, the steps on the way
/// from the input to the output are put together.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

using Modules = std::vector<std::unique_ptr<Module>>;
/// Null: as they come.
using Order = std::shared_ptr<const std::vector<Index>>;

/// How a value of the graph lies there, and what it is in the network.
struct Place {
  Shape shape;  // in the network, with some batch
  Layout layout = Layout::last;
  Order order = {};                // of rows, as in Value of exporter.hpp
  bool assumes_sizes = false;      // whether the graph leaves open some sizes behind the batch
  bool are_rows_of_table = false;  // whole numbers for a Gather
  int directions = -1;  // a dimension of size 1 that the network does not have: a Squeeze is behind
  Ints padding = {};    // zeros to be put around: {begin, ..., end, ...}

  const std::vector<Index>& places() const;  // order, or empty
};

enum class Join { none, add, concatenate };

struct Step {
  const Node* node = nullptr;
  std::vector<std::string> inputs;  // that depend on the graph's input
  Modules modules;                  // from the one input; for several:
  Join join = Join::none;
  Place place;
  std::string problem;  // why there are no layers for this
  bool is_used = false;
  bool turns_image = false;  // into a signal, column after column; no layer does that alone
  // The last value before this one that all ways to it lead through, and how many are before it.
  std::string dominator;
  int depth = 0;
};

class Importer;

/// A node, as the functions for its operator see it.
class Op {
 public:
  Op(Importer& graph, const Node& node) : graph_(graph), node_(node) {}

  const Node& node() const { return node_; }
  Importer& graph() const { return graph_; }
  /// DataError that names the node and the operator.
  [[noreturn]] void fail(const std::string& what) const;

  std::int64_t number(const std::string& attribute, std::int64_t usual) const;
  /// The shortest decimal number that is the float in the file.
  double real(const std::string& attribute, double usual) const;
  std::string text(const std::string& attribute, const std::string& usual) const;
  Ints numbers(const std::string& attribute, const Ints& usual = {}) const;
  bool has(const std::string& attribute) const { return find(attribute) != nullptr; }
  const Attribute* find(const std::string& attribute) const;

  bool has_input(std::size_t i) const;
  const std::string& input(std::size_t i) const;
  bool is_constant(std::size_t i) const;
  /// Numbers that do not depend on the graph's input; fails for others.
  const TensorProto& tensor(std::size_t i) const;
  Tensor constant(std::size_t i) const;
  Ints constant_ints(std::size_t i) const;
  /// From an attribute, or since a later opset from input i.
  Ints numbers_or_input(const std::string& attribute, std::size_t i) const;
  /// How input i is made; fails for a constant.
  const Step& step(std::size_t i = 0) const;
  /// How input i lies, which must be what a layer takes: no rows of a table, and so on.
  const Place& place(std::size_t i = 0) const;
  const Place& place_in_any_layout(std::size_t i = 0) const;
  /// The same, channels first, or rows.
  const Place& channels_first(std::size_t i = 0) const;

  /// Output 0 is made from input 0 by these layers; the shape follows from theirs.
  void define(Modules modules, const Place& place) const;
  void define(std::unique_ptr<Module> module, const Place& place) const;
  /// Output 0 is input 0, in another place.
  void pass(const Place& place) const { define(Modules(), place); }
  /// Output 0 cannot be made.
  void define_problem(const std::string& what) const;

 private:
  Importer& graph_;
  const Node& node_;
};

class Importer {
 public:
  Importer(Model model, std::size_t file_size);
  Sequential read();

  std::int64_t opset() const { return model_.opset; }
  /// Null if there is no constant of that name.
  const TensorProto* constant(const std::string& name) const;
  /// Null if no layers make it.
  const Step* find(const std::string& name) const;
  void define(const std::string& output, Step step);
  void define_constant(const std::string& output, TensorProto value);
  /// Whether values behind this one need its channels first, or its time first.
  Layout wanted_layout(const std::string& value, int rank) const;
  /// If a chain of elementwise nodes behind this value ends in a Reshape to images with their
  /// channels first: the shape of an example in the network.
  std::optional<Shape> images_behind(const std::string& value) const;
  /// Null for an empty one.
  Order make_order(std::vector<Index> places);
  Order make_flattened_order(const Shape& example);  // flattened_order()
  /// DataError if so many features are more than a file of this size can have weights for. To be
  /// called before memory is taken for their order.
  void check_order(Index features);
  std::int64_t batch() const { return batch_; }  // as the file fixes it; -1: open

 private:
  void read_constants();
  void read_input();
  void read_node(const Node& node);
  bool fold(const Op& op);
  Ints known_sizes(const std::string& value) const;
  std::vector<Step*> path(const std::string& from, const std::string& to);
  Sequential network(const std::vector<Step*>& steps, int depth);
  std::unique_ptr<Module> joined(const Step& step, int depth);
  std::unique_ptr<Module> two_directions(const Shape& x, std::vector<std::vector<Step*>>& branches,
                                         int depth);
  std::string common_dominator(const std::vector<std::string>& values) const;

  Model model_;
  Index budget_;  // of features in order
  std::int64_t batch_ = -1;
  std::string input_;
  std::map<std::string, const TensorProto*> constants_;
  std::deque<TensorProto> folded_;
  std::map<std::string, std::vector<const Node*>> users_;
  std::map<std::string, Step> steps_;
};

constexpr Index kAnyBatch = 2;
/// Stand for the batch, and for a size that is not known, among the numbers of a Shape node.
constexpr std::int64_t kBatchSize = INT64_MIN, kUnknownSize = INT64_MIN + 1;

// One function an operator; it defines the node's outputs.
using Import = void (*)(const Op& op);
/// Null for an operator that is not read.
Import find_import(const std::string& op_type);
bool is_elementwise(const std::string& op_type);

/// Where the features of a value are in the graph.
int feature_axis(const Place& place);
/// The value's shape in the graph.
Shape shape_in_graph(const Place& place);
/// An axis counted from 0; fails unless it is one of so many.
int checked_axis(const Op& op, std::int64_t axis, int rank);
/// Defines output 0 as input 0 reshaped. A size may be 0, as it is, and one -1, the rest.
void define_reshaped(const Op& op, const Ints& sizes);
/// Lets the layers before take a constant: a sum as their bias, a product as their weight. Whether
/// they could.
bool fold_into_layer_before(const Op& op, std::size_t dynamic, std::size_t constant);
/// If the formula that ends in this value is a layer's, defines it so.
void recognise_formula(const Op& op);

/// Defines output 0 as the last one of these states of a recurrent layer. See Place::directions.
void define_last_state(const Op& op, const Step& states, int directions);
/// Whether all numbers are.
bool is_zero(const TensorProto& tensor);

void import_activation(const Op& op);
void import_add(const Op& op);
void import_batch_norm(const Op& op);
void import_cast(const Op& op);
void import_concat(const Op& op);
void import_conv(const Op& op);
void import_conv_transpose(const Op& op);
void import_flatten(const Op& op);
void import_formula(const Op& op);
void import_gather(const Op& op);
void import_gemm(const Op& op);
void import_global_average_pool(const Op& op);
void import_identity(const Op& op);
void import_layer_norm(const Op& op);
void import_mat_mul(const Op& op);
void import_pad(const Op& op);
void import_pool(const Op& op);
void import_prelu(const Op& op);
void import_recurrent(const Op& op);
void import_reduce_mean(const Op& op);
void import_reshape(const Op& op);
void import_resize(const Op& op);
void import_slice(const Op& op);
void import_softmax(const Op& op);
void import_squeeze(const Op& op);
void import_transpose(const Op& op);

}}}}  // namespace nn::NN_PRECISION::detail::onnx
