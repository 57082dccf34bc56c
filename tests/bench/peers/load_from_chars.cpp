// The standard library's parsers of numbers on the USPS text: every number into one vector, nothing
// checked.
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "bench/load_case.hpp"

namespace {

std::string content(const char* path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error(std::string(path) + ": cannot be read");
  std::string text(static_cast<std::size_t>(file.tellg()), '\0');
  file.seekg(0);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

std::vector<float> by_from_chars(const std::string& text) {
  std::vector<float> values;
  const char *at = text.data(), *end = at + text.size();
  float value = 0;
  while (true) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r')) ++at;
    const auto result = std::from_chars(at, end, value);
    if (result.ec != std::errc()) return values;
    values.push_back(value);
    at = result.ptr;
  }
}

std::vector<float> by_strtof(const std::string& text) {
  std::vector<float> values;
  const char* at = text.data();
  while (true) {
    char* end = nullptr;
    const float value = std::strtof(at, &end);
    if (end == at) return values;
    values.push_back(value);
    at = end;
  }
}

void measure(const char* name, char* path, std::vector<float> (*parse)(const std::string&)) {
  bench::peer = name;
  const std::size_t count = parse(content(path)).size();
  bench::measure_load([&] { parse(content(path)); });
  if (count % 257 != 0) bench::report(bench::kLoadCase, "WRONG", static_cast<double>(count));
}

}  // namespace

int main(int argc, char** argv) try {
  if (!bench::has_path(argc, argv)) return 2;
  measure("std::from_chars", argv[1], by_from_chars);
  measure("strtof", argv[1], by_strtof);
} catch (const std::exception& error) {
  std::cerr << "load_from_chars: " << error.what() << '\n';
  return 1;
}
