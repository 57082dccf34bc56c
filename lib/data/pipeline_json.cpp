#include <array>
#include <cmath>
#include <set>

#include "io/file_errors.hpp"
#include "io/json.hpp"
#include "io/json_scanner.hpp"
#include "nn/core/error.hpp"
#include "nn/data/pipeline.hpp"

// A pipeline as JSON:
//
//     {"version": 1, "columns": [
//       {"name": "age", "impute": "median", "fill": 28, "scale": "standard", "shift": 30,
//       "divisor": 15},
//       {"name": "sex", "impute": "most_frequent", "fill": "male",
//        "categories": ["female", "male"], "unknown": "error"}]}

namespace nn { inline namespace NN_PRECISION {
namespace {

using detail::Json;

constexpr std::array impute_names{"mean", "median", "most_frequent"};
constexpr std::array scale_names{"standard", "min_max"};
constexpr std::array unknown_names{"error", "other"};

template <class Enum, std::size_t n>
Json name_of(Enum value, const std::array<const char*, n>& names) {
  return names[static_cast<std::size_t>(value)];
}

template <class Enum, std::size_t n>
Enum value_of(const Json& json, const std::array<const char*, n>& names) {
  for (std::size_t i = 0; i < n; ++i)
    if (json.string() == names[i]) return static_cast<Enum>(i);
  throw DataError("unknown choice " + json.dump().substr(0, 80));
}

Json utf8(const std::string& text) {
  if (detail::find_invalid_utf8(text) == text.npos) return text;
  throw DataError("Pipeline: " + detail::in_quotes(text) + " is not UTF-8 and cannot be saved");
}

double finite(const Json& json) {
  const double number = json.number();
  if (!std::isfinite(number)) throw DataError("expected a finite number");
  return number;
}

void check_keys(const Json& json, const std::set<std::string>& keys) {
  for (const auto& [key, value] : json.object())
    if (!keys.contains(key)) throw DataError("unknown key " + detail::in_quotes(key));
}

}  // namespace

Json Pipeline::describe(const Column& column) {
  Json::Object json{{"name", utf8(column.name)}};
  if (column.imputer) {
    json.emplace_back("impute", name_of(column.imputer->how(), impute_names));
    json.emplace_back(
        "fill", column.encoder ? utf8(*column.imputer->text()) : Json(*column.imputer->number()));
  }
  if (column.scale) {
    json.emplace_back("scale", name_of(*column.scale, scale_names));
    json.emplace_back("shift", column.shift);
    json.emplace_back("divisor", column.divisor);
  }
  if (column.encoder) {
    Json::Array categories;
    for (const std::string& category : column.encoder->categories())
      categories.push_back(utf8(category));
    json.emplace_back("categories", std::move(categories));
    json.emplace_back("unknown", name_of(column.encoder->unknown(), unknown_names));
  }
  return json;
}

Pipeline::Column Pipeline::read_column(const Json& json) {
  Column column{json.at("name").string()};
  const Json *impute = json.find("impute"), *scale = json.find("scale"),
             *categories = json.find("categories");
  std::set<std::string> keys{"name"};
  if (categories) {
    keys.insert({"categories", "unknown"});
    const auto names = categories->strings();
    if (names.empty()) throw DataError("expected categories, there are none");
    column.encoder = OneHotEncoder(names, value_of<Unknown>(json.at("unknown"), unknown_names));
  } else if (scale) {
    keys.insert({"scale", "shift", "divisor"});
    column.scale = value_of<Scale>(*scale, scale_names);
    column.shift = finite(json.at("shift"));
    column.divisor = finite(json.at("divisor"));
    if (!(column.divisor > 0)) throw DataError("expected a divisor above 0");
  }
  if (impute) {
    keys.insert({"impute", "fill"});
    const auto how = value_of<Impute>(*impute, impute_names);
    if (categories && how != Impute::most_frequent)
      throw DataError("text cannot be filled with a mean or a median");
    column.imputer = categories ? SimpleImputer(how, json.at("fill").string())
                                : SimpleImputer(how, finite(json.at("fill")));
  }
  check_keys(json, keys);
  return column;
}

std::string Pipeline::to_json() const {
  check_fitted();
  Json::Array columns;
  for (const Column& column : columns_) columns.push_back(describe(column));
  return Json(Json::Object{{"version", Index{1}}, {"columns", std::move(columns)}}).dump();
}

Pipeline Pipeline::from_json(const std::string& text) try {
  const Json json = Json::parse(text, "the pipeline");
  if (const Index version = json.at("version").whole_number(); version != 1)
    throw DataError("expected version 1, got version " + std::to_string(version));
  check_keys(json, {"version", "columns"});
  Pipeline pipeline;
  std::set<std::string> names;
  for (const Json& column : json.at("columns").array()) {
    pipeline.columns_.push_back(read_column(column));
    if (!names.insert(pipeline.columns_.back().name).second)
      throw DataError("a column comes twice");
  }
  if (names.empty()) throw DataError("expected columns, there are none");
  pipeline.is_fitted_ = true;
  return pipeline;
} catch (const std::runtime_error& error) {
  throw DataError(std::string("Pipeline::from_json: ") + error.what());
} catch (const ArgumentError& error) {
  throw DataError(std::string("Pipeline::from_json: ") + error.what());
}

}}  // namespace nn::NN_PRECISION
