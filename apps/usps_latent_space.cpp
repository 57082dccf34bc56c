// What auto-encoders make of USPS: k-means clusters and t-SNE maps of the test images, of their
// reconstructions and of their codes, for codes of 64 and of 10 numbers; and how well the code
// serves a classifier. A low KL of a t-SNE map does not make it better: it says how well the map
// meets the distances of its own input, and collapsed codes are easy to meet.

#include "common/autoencoder.hpp"
#include "common/experiment.hpp"
#include "common/usps_data.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

struct Options {
  nn::Index epochs = 100, iterations = 1000;
};

struct Net {
  std::string id;
  std::vector<nn::Index> widths;
};

/// k-means with as many clusters as digits, and a t-SNE map, of the test part's features.
void cluster_and_map(Run& run, const Name& name, const nn::Tensor& features,
                     const nn::Tensor& labels, nn::Index iterations) {
  nn::Rng rng = run.rng(name.text + "/clusters");
  nn::KMeansResult clusters = nn::kmeans(features, {.clusters = 10, .starts = 10}, rng);
  nn::TsneResult map = nn::tsne(features, {.iterations = iterations}, rng);
  run.advance(20);
  auto result = [&](const Name& metric, double value) { run.result(name, metric, "test", value); };
  result({"rand", "adjusted Rand index"}, nn::adjusted_rand_index(labels, clusters.labels));
  result({"nmi", "normalised mutual information"},
         nn::normalized_mutual_information(labels, clusters.labels));
  result("purity", nn::purity(labels, clusters.labels));
  result({"kl", "t-SNE KL"}, map.kl_divergence);
  result({"trust", "t-SNE trustworthiness at 12"},
         nn::trustworthiness(features, map.embedding, 12));
  result({"neighbours", "t-SNE 5-nearest-neighbour accuracy"},
         nn::nearest_neighbour_accuracy(map.embedding, labels, 5));
  if (!run.first()) return;
  for (nn::Index i = 0; i < labels.size(0); ++i)
    run.row("embedding", {"id", "setting", "x", "y", "label", "cluster"},
            {name.id, name.text, map.embedding(i, 0), map.embedding(i, 1), labels(i),
             clusters.labels(i)});
}

/// A network with one hidden layer, trained on features of the training part.
void classify(Run& run, const Name& name, const nn::Dataset& train, const nn::Dataset& test) {
  nn::Sequential net{nn::Linear(train.x.size(1), 64), nn::TanH(), nn::Linear(64, 10)};
  apps::train_classifier(run, net, train);
  Name metric{"classifier", "accuracy of a classifier"};
  run.result(name, metric, "train", nn::accuracy(net, train));
  run.result(name, metric, "test", nn::accuracy(net, test));
}

void study_images(Run& run, const nn::Split& images, const Options& options) {
  cluster_and_map(run, "original", images.test.x, images.test.y, options.iterations);
  classify(run, "original", images.train, images.test);
}

void study_codes(Run& run, const Net& shape, const nn::Split& images, const Options& options) {
  std::string widths = apps::widths_name(shape.widths);
  nn::AutoEncoder net = apps::autoencoder(shape.widths);
  apps::train_autoencoder(run, {shape.id, widths}, net, {images.train.x, images.train.x},
                          options.epochs);

  nn::Dataset train_codes{net.encode(images.train.x), images.train.y};
  nn::Dataset test_codes{net.encode(images.test.x), images.test.y};
  Name code{shape.id + "-code", widths + ", code"};
  Name reconstruction{shape.id + "-reconstruction", widths + ", reconstruction"};
  cluster_and_map(run, reconstruction, net.predict(images.test.x), images.test.y,
                  options.iterations);
  cluster_and_map(run, code, test_codes.x, images.test.y, options.iterations);
  classify(run, code, train_codes, test_codes);
  nn::Tensor saturated = nn::map(test_codes.x, [](nn::Scalar v) {
    return static_cast<nn::Scalar>(v > nn::Scalar(0.99) || v < nn::Scalar(-0.99));
  });
  run.result(code, {"saturated", "share of |code| above 0.99"}, "test", nn::mean(saturated));
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("usps_latent_space", "Clusters and maps of USPS and of its codes.",
                              3);
  Options options;
  experiment.flags().count("epochs", options.epochs, "passes of an auto-encoder over the images");
  experiment.flags().count("iterations", options.iterations, "iterations of t-SNE");
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", options.epochs, nn::Index{4});
    experiment.quick_default("iterations", options.iterations, nn::Index{300});
    nn::Split images = apps::unit_images(apps::load_usps(experiment));
    std::vector<Net> nets{{"wide", {256, 128, 64}}, {"small", {256, 100, 10}}};
    experiment.expect((2 * options.epochs + 100) * experiment.runs());
    experiment.for_each_job(3, [&](Run& run, nn::Index job) {
      if (job == 2)
        study_images(run, images, options);
      else
        study_codes(run, nets[static_cast<std::size_t>(job)], images, options);
    });
  });
}
