// A run's rows and results as text, for checkpoints and for other ranks.

#include "common/experiment.hpp"
#include "common/texts.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace apps {

std::string Run::state() const {
  TextWriter out;
  out.text(experiment_.settings());
  out.count(static_cast<std::size_t>(advanced_));
  out.count(results_.size());
  for (const Result& r : results_)
    for (const std::string& text : {r.id, r.setting, r.metric, r.split, nn::to_text(r.value),
                                    r.report ? nn::to_text(*r.report) : ""})
      out.text(text);
  out.count(rows_.size());
  for (const auto& [file, table] : rows_) {
    out.text(file);
    out.count(table.first.size());
    for (const std::string& column : table.first) out.text(column);
    out.count(table.second.size());
    for (const nn::CsvRow& row : table.second)
      for (const nn::CsvCell& cell : row) out.text(cell.text());
  }
  return out.all();
}

void Run::set_state(std::string_view state) {
  TextReader in(state);
  if (const std::string settings = in.text(); settings != experiment_.settings())
    throw nn::DataError("of an experiment with" + settings + ", not" + experiment_.settings());
  const nn::Index advanced = in.count();
  std::vector<Result> results;
  for (nn::Index left = in.count(); left > 0; --left) {
    Result& r = results.emplace_back();
    for (std::string* text : {&r.id, &r.setting, &r.metric, &r.split}) *text = in.text();
    r.value = nn::parse_number<double>(in.text()).value_or(0);
    r.report = nn::parse_number<double>(in.text());
  }
  decltype(rows_) tables;
  for (nn::Index left = in.count(); left > 0; --left) {
    auto& [columns, rows] = tables[in.text()];
    for (nn::Index more = in.count(); more > 0; --more) columns.push_back(in.text());
    for (nn::Index more = in.count(); more > 0; --more) {
      nn::CsvRow& row = rows.emplace_back();
      while (row.size() < columns.size()) row.emplace_back(in.text());
    }
  }
  in.expect_end();
  results_ = std::move(results);
  rows_ = std::move(tables);
  advance(advanced - advanced_);
}

}  // namespace apps
