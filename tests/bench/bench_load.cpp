// How long it takes to read the USPS training images from text: load_case.hpp.
#include "bench/load_case.hpp"
#include "nn/data/usps.hpp"

int main(int argc, char** argv) try {
  if (!bench::has_path(argc, argv)) return 2;
  bench::measure_load([&] { nn::read_usps(argv[1]); });
} catch (const std::exception& error) {
  std::cerr << "bench_load: " << error.what() << '\n';
  return 1;
}
