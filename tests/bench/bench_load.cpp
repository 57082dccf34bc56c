// How long it takes to read the USPS training images from text. The argument is the path of
// zip.train, or the environment variable NN_DATA names its folder (or the one above, with a folder
// usps).

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "nn/core/number.hpp"
#include "nn/data/usps.hpp"

namespace {

std::string find_file(int argc, char** argv) {
  if (argc > 1) return argv[1];
  const char* folder = std::getenv("NN_DATA");
  if (!folder) return "";
  std::string inner = std::string(folder) + "/usps/zip.train";
  return std::filesystem::exists(inner) ? inner : std::string(folder) + "/zip.train";
}

double seconds_to_read(const std::string& path) {
  auto begin = std::chrono::steady_clock::now();
  auto data = nn::read_usps(path);
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  return data.size() > 0 ? seconds.count() : 0;
}

}  // namespace

int main(int argc, char** argv) try {
  std::string path = find_file(argc, argv);
  if (path.empty()) {
    std::cerr << "bench_load: name zip.train, or set NN_DATA to its folder\n";
    return 2;
  }
  std::vector<double> times;
  for (int i = 0; i < 15; ++i) times.push_back(seconds_to_read(path));
  std::nth_element(times.begin(), times.begin() + 7, times.end());
  std::cout << "libnn,load-zip.train-text,seconds," << nn::to_text(times[7]) << '\n';
} catch (const std::exception& error) {
  std::cerr << "bench_load: " << error.what() << '\n';
  return 1;
}
