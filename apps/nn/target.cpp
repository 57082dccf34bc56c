#include "target.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "common/text_table.hpp"
#include "nn/core/error.hpp"
#include "nn/data/encoders.hpp"

namespace apps {
namespace {

std::vector<double> numbers_of(const nn::Tensor& tensor) {
  const nn::Tensor row = tensor.contiguous();
  return {row.data(), row.data() + row.numel()};
}

nn::Tensor tensor_of(const std::vector<double>& numbers) {
  nn::Tensor tensor(nn::Shape{std::ssize(numbers)});
  std::transform(numbers.begin(), numbers.end(), tensor.data(),
                 [](double number) { return static_cast<nn::Scalar>(number); });
  return tensor;
}

template <class Labels>
Target classes_of(const Labels& labels) {
  nn::LabelEncoder encoder;
  encoder.fit(labels);
  return {encoder.classes(), encoder.transform(labels)};
}

}  // namespace

void remark(const std::string& text) { std::cerr << "nn: warning: " << text << '\n'; }

std::vector<nn::Index> rows_with_target(const nn::Table& table, const std::string& column) {
  std::vector<nn::Index> rows;
  for (nn::Index i = 0; i < table.rows(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (table.is_text(column) ? !table.text(column)[at].empty()
                              : !std::isnan(table.numbers(column)[at]))
      rows.push_back(i);
  }
  if (const auto missing = table.rows() - std::ssize(rows); missing > 0)
    remark(count_of(missing, "row") + " without \"" + column + "\", left out");
  return rows;
}

Target target_of(const nn::Table& table, const std::string& column, bool as_classes) {
  if (table.is_text(column)) return classes_of(table.text(column));
  if (as_classes) return classes_of(table.numbers(column));
  return {{}, tensor_of(table.numbers(column))};
}

Target target_of(const nn::Tensor& labels, bool as_classes) {
  if (as_classes) return classes_of(numbers_of(labels));
  return {{}, labels};
}

Target target_for(const nn::Model& model, const Examples& examples, const std::string& labels) {
  const bool is_class = !model.info.classes.empty();
  const nn::LabelEncoder encoder =
      is_class ? nn::LabelEncoder(model.info.classes) : nn::LabelEncoder();
  if (examples.table) {
    const nn::Table& table = *examples.table;
    const std::string& column = model.info.target;
    if (is_class && table.is_text(column)) {
      for (std::size_t i = 0; i < table.text(column).size(); ++i)
        if (!encoder.find(table.text(column)[i]))
          throw nn::DataError(table.place(static_cast<nn::Index>(i)) +
                              ": the model has no class \"" + table.text(column)[i] + "\"");
      return {encoder.classes(), encoder.transform(table.text(column))};
    }
    const std::vector<double>& numbers = table.numbers(column);
    return {encoder.classes(), is_class ? encoder.transform(numbers) : tensor_of(numbers)};
  }
  const nn::Tensor y = labels.empty() ? examples.y : read_targets(labels);
  if (y.numel() != examples.rows())
    throw nn::DataError(std::to_string(examples.rows()) + " examples, but " +
                        std::to_string(y.numel()) + " labels: --labels FILE gives them");
  return {encoder.classes(), is_class ? encoder.transform(numbers_of(y)) : y};
}

static void warn_of_unknown_texts(const nn::Pipeline& pipeline, const nn::Table& table) {
  for (const nn::PipelineInput& input : pipeline.expects()) {
    if (input.kind != nn::ColumnKind::text || !table.has(input.name) || !table.is_text(input.name))
      continue;
    nn::Index unknown = 0;
    std::string first;
    for (const std::string& text : table.text(input.name)) {
      if (text.empty() || std::find(input.categories.begin(), input.categories.end(), text) !=
                              input.categories.end())
        continue;
      if (unknown++ == 0) first = text;
    }
    if (unknown > 0)
      remark("column \"" + input.name + "\" has texts that the training had not, in " +
             std::to_string(unknown) + " of " + std::to_string(table.rows()) + " rows, such as \"" +
             first + "\"");
  }
}

nn::Tensor inputs_for(const nn::Model& model, const Examples& examples) {
  const nn::Pipeline& pipeline = model.info.pipeline;
  if (examples.table && !pipeline.is_fitted())
    throw nn::DataError("a table; the model takes arrays");
  if (examples.table) {
    warn_of_unknown_texts(pipeline, *examples.table);
    return pipeline.transform(*examples.table);
  }
  if (pipeline.is_fitted()) throw nn::DataError("an array; the model takes a table");
  const nn::Tensor& known = model.info.examples;
  if (known.rank() > 0 && examples.x.shape().without(0) != known.shape().without(0))
    throw nn::DataError("examples of " + examples.x.shape().without(0).to_string() +
                        "; the model takes " + known.shape().without(0).to_string());
  return examples.x;
}

}  // namespace apps
