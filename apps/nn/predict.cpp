// nn predict and nn evaluate: what a model makes of other examples.

#include <algorithm>
#include <iostream>

#include "command.hpp"
#include "common/flags.hpp"
#include "common/text_table.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/io/npy.hpp"
#include "nn/train/metrics.hpp"
#include "results.hpp"
#include "target.hpp"

namespace apps {
namespace {

/// Classes like "01" are text: as a number, it would be another name.
bool is_text(const std::string& name) {
  const auto number = nn::parse_number<double>(name);
  return !number || nn::to_text(*number) != name;
}

nn::TableOptions options_for(const nn::Model& model, const std::string& separator) {
  return {.separator = separator_of(separator), .types = model.info.pipeline.types()};
}

nn::Tensor outputs_of(const nn::Model& model, const Examples& examples, const std::string& path) {
  try {
    return nn::predict(*model.net, inputs_for(model, examples));
  } catch (const nn::ArgumentError& error) {
    throw nn::DataError(path + ": " + error.what());
  } catch (const nn::DataError& error) {
    const std::string what = error.what();
    throw nn::DataError(what.starts_with(path) ? what : path + ": " + what);
  }
}

/// What both commands read.
struct Source {
  std::string model, data, separator = ",";
};

void add_source(Flags& flags, Source& source, const std::string& data_help) {
  flags.argument("MODEL", source.model, "a file that nn train wrote");
  flags.argument("DATA", source.data, data_help);
  flags.text("separator", source.separator, "between the cells of a table: one character, or tab");
}

}  // namespace

int command::predict(int argc, const char* const* argv) {
  Source source;
  std::string out, inputs;
  Flags flags("nn predict",
              "Prints a CSV table: the prediction for each row of DATA, and for "
              "classes the probability of each.");
  add_source(flags, source, "examples as the model was trained on, without the target or with");
  flags.text("out", out, "write the table to this file");
  flags.text("inputs", inputs, "also write what the network gets for DATA to this NPY file");
  if (!flags.parse(argc, argv)) {
    std::cout << flags.help();
    return 0;
  }
  const nn::Model model = nn::load_model(source.model);
  const Examples examples = read_examples(source.data, options_for(model, source.separator));
  const nn::Tensor z = outputs_of(model, examples, source.data);
  if (!inputs.empty()) nn::write_npy(inputs, inputs_for(model, examples));
  const std::vector<std::string> columns = prediction_columns(model.info);
  const std::vector<nn::CsvRow> rows = prediction_rows(model.info, z);
  if (!out.empty()) {
    nn::write_csv(out, columns, rows);
    return 0;
  }
  std::cout << nn::csv_line(nn::CsvRow(columns.begin(), columns.end()));
  for (const nn::CsvRow& row : rows) std::cout << nn::csv_line(row);
  return 0;
}

int command::evaluate(int argc, const char* const* argv) {
  Source source;
  std::string labels, confusion;
  Flags flags("nn evaluate", "Tells how well a model predicts the target of DATA.");
  add_source(flags, source, "examples with their targets");
  flags.text("labels", labels, "arrays: an IDX or NPY file with the targets");
  flags.text("confusion", confusion, "write how often each class is taken for which to this file");
  if (!flags.parse(argc, argv)) {
    std::cout << flags.help();
    return 0;
  }
  const nn::Model model = nn::load_model(source.model);
  nn::TableOptions options = options_for(model, source.separator);
  const std::vector<std::string>& classes = model.info.classes;
  if (std::any_of(classes.begin(), classes.end(), is_text))
    options.types[model.info.target] = nn::ColumnKind::text;
  Examples examples = read_examples(source.data, options);
  if (examples.rows() == 0) throw nn::DataError(source.data + ": no rows to evaluate on");
  if (examples.table)
    examples.table = examples.table->take(rows_with_target(*examples.table, model.info.target));
  const Target target = target_for(model, examples, labels);
  const nn::Tensor z = outputs_of(model, examples, source.data);
  std::cout << "measure,value\n";
  for (const auto& [name, value] : measures(model.info, target.y, z))
    std::cout << nn::csv_line({name, value});
  if (!confusion.empty()) {
    if (!target.is_class()) throw UsageError("nn evaluate: --confusion is for classes");
    write_confusion(confusion, model.info, target.y, z);
  }
  return 0;
}

}  // namespace apps
