// k-means and t-SNE on the USPS digits. The argument is the folder of zip.train and zip.test, or
// the environment variable NN_DATA names it. PB_FILTER takes "kmeans", "tsne2007", "tsne7291" or a
// part of a case's name. "tsne70000" are all images of Fashion-MNIST, where Debian's package
// dataset-fashion-mnist puts them; this case takes minutes, and runs only if it is named.

#include <sys/resource.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "bench/bench.hpp"
#include "nn/core/threads.hpp"
#include "nn/data/idx.hpp"
#include "nn/data/usps.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/unsupervised/kmeans.hpp"
#include "nn/unsupervised/scores.hpp"
#include "nn/unsupervised/tsne.hpp"

namespace {

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

void bench_starts(const std::string& name, const nn::Tensor& x, nn::KMeansInit init) {
  if (!bench::selected(name)) return;
  std::vector<double> times, iterations, inertia;
  double total_time = 0, total_iterations = 0;
  for (std::uint64_t seed = 0; seed < 9; ++seed) {
    nn::Rng rng(seed);
    const double begin = bench::seconds();
    const auto result = nn::kmeans(x, {.clusters = 10, .init = init}, rng);
    times.push_back(bench::seconds() - begin);
    iterations.push_back(static_cast<double>(result.iterations));
    inertia.push_back(result.inertia);
    total_time += times.back();
    total_iterations += iterations.back();
  }
  bench::report(name, "seconds", median(times));
  bench::report(name, "iterations-median", median(iterations));
  bench::report(name, "ms-per-iteration", 1e3 * total_time / total_iterations);
  bench::report(name, "inertia-best", *std::min_element(inertia.begin(), inertia.end()));
  bench::report(name, "inertia-median", median(inertia));
}

void bench_ten_starts(const nn::Tensor& x) {
  const std::string name = "kmeans-7291x256-k10-10starts";
  if (!bench::selected(name)) return;
  nn::Rng rng(0);
  const double begin = bench::seconds();
  const auto result = nn::kmeans(x, {.clusters = 10, .starts = 10}, rng);
  bench::report(name, "seconds", bench::seconds() - begin);
  bench::report(name, "inertia-best", result.inertia);
}

void bench_tsne(const std::string& name, const nn::Dataset& data, nn::TsneInit init) {
  if (!bench::selected(name)) return;
  nn::Rng rng(0);
  const double begin = bench::seconds();
  const auto result = nn::tsne(data.x, {.init = init}, rng);
  bench::report(name, "seconds", bench::seconds() - begin);
  bench::report(name, "KL", result.kl_divergence);
  bench::report(name, "iterations", static_cast<double>(result.iterations));
  bench::report(name, "trustworthiness-12", nn::trustworthiness(data.x, result.embedding, 12));
  bench::report(name, "5-nn-accuracy", nn::nearest_neighbour_accuracy(result.embedding, data.y, 5));
}

void bench_fashion() {
  const char* filter = std::getenv("PB_FILTER");
  if (!filter || !std::string(filter).starts_with("tsne70000")) return;
  const std::string folder = "/usr/share/datasets/fashion-mnist/";
  nn::Tensor x({70000, 784});
  nn::Index row = 0;
  for (const char* part : {"train", "t10k"}) {
    const nn::Tensor images = nn::read_idx(folder + part + "-images-idx3-ubyte.gz");
    x.slice(0, row, row + images.size(0)).copy_from(images.reshape({images.size(0), 784}));
    row += images.size(0);
  }
  nn::scal(nn::Scalar{1} / 255, x);
  nn::Rng rng(0);
  const double begin = bench::seconds();
  const auto result = nn::tsne(x, {}, rng);
  bench::report("tsne70000-pca", "seconds", bench::seconds() - begin);
  bench::report("tsne70000-pca", "KL", result.kl_divergence);
  bench::report("tsne70000-pca", "iterations", static_cast<double>(result.iterations));
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  bench::report("tsne70000-pca", "peak-MB", static_cast<double>(usage.ru_maxrss) / 1024);
}

}  // namespace

int main(int argc, char** argv) try {
  const char* environment = std::getenv("NN_DATA");
  if (argc < 2 && !environment) {
    std::cerr << "bench_unsupervised: name the folder of zip.train and zip.test, or set NN_DATA\n";
    return 2;
  }
  const auto [train, test] = nn::load_usps(argc > 1 ? argv[1] : environment);
  nn::set_num_threads(bench::thread_count());
  bench_starts("kmeans-7291x256-k10-k-means++", train.x, nn::KMeansInit::plus_plus);
  bench_starts("kmeans-7291x256-k10-random", train.x, nn::KMeansInit::random);
  bench_ten_starts(train.x);
  bench_tsne("tsne2007-pca", test, nn::TsneInit::pca);
  bench_tsne("tsne2007-random", test, nn::TsneInit::random);
  bench_tsne("tsne7291-pca", train, nn::TsneInit::pca);
  bench_fashion();
} catch (const std::exception& error) {
  std::cerr << "bench_unsupervised: " << error.what() << '\n';
  return 1;
}
