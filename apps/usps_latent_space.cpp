// What auto-encoders make of USPS: k-means clusters and t-SNE maps of the test images, of their
// reconstructions and of their codes, for codes of 64 and of 10 numbers; and how well the code
// serves a classifier. A low KL of a t-SNE map does not make it better: it says how well the map
// meets the distances of its own input, and collapsed codes are easy to meet.

#include "common/autoencoder.hpp"
#include "common/experiment.hpp"
#include "common/usps_data.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Experiment, apps::Run;

struct Settings {
  nn::Index epochs = 100, iterations = 1000, classifier_epochs = 20;
};

/// Adam from 1e-3 down a half cosine, batches of 50.
nn::AutoEncoder train(Run& run, const std::vector<nn::Index>& widths, const nn::Tensor& images,
                      nn::Index epochs) {
  nn::Rng weights = run.rng("weights"), order = run.rng("batches");
  nn::AutoEncoder net = apps::autoencoder(widths);
  nn::initialize(net, weights);
  nn::BCELoss loss;
  nn::Optim optim(net, loss, 1e-3, nn::Reduction::mean, nn::Adam());
  nn::Index per_epoch = (images.size(0) + 49) / 50;
  nn::SGD(optim, {images, images},
          {.batch_size = 50, .epochs = epochs, .schedule = nn::cosine(1e-3, epochs * per_epoch)},
          order, [&](const nn::Epoch& e) {
            run.history(apps::widths_name(widths), e.epoch, "BCE per pixel", "train", e.loss / 256);
            run.advance();
          });
  return net;
}

/// k-means with as many clusters as digits, and a t-SNE map, of the test part's features.
void look_at(Run& run, const std::string& name, const nn::Tensor& features,
             const nn::Tensor& labels, nn::Index iterations) {
  nn::Rng rng = run.rng(name + "/clusters");
  nn::KMeansResult clusters = nn::kmeans(features, {.clusters = 10, .starts = 10}, rng);
  run.result(name, "adjusted Rand index", "test", nn::adjusted_rand_index(labels, clusters.labels));
  run.result(name, "normalised mutual information", "test",
             nn::normalized_mutual_information(labels, clusters.labels));
  run.result(name, "purity", "test", nn::purity(labels, clusters.labels));
  nn::TsneResult map = nn::tsne(features, {.iterations = iterations}, rng);
  run.result(name, "t-SNE KL", "test", map.kl_divergence);
  run.result(name, "t-SNE trustworthiness at 12", "test",
             nn::trustworthiness(features, map.embedding, 12));
  run.result(name, "t-SNE 5-nearest-neighbour accuracy", "test",
             nn::nearest_neighbour_accuracy(map.embedding, labels, 5));
  run.advance(20);
  if (!run.first()) return;
  for (nn::Index i = 0; i < labels.size(0); ++i)
    run.row("embedding", {"setting", "x", "y", "label", "cluster"},
            {name, map.embedding(i, 0), map.embedding(i, 1), labels(i), clusters.labels(i)});
}

/// A network with one hidden layer, trained on features of the training part.
void classify(Run& run, const std::string& name, const nn::Dataset& train, const nn::Dataset& test,
              nn::Index epochs) {
  nn::Rng weights = run.rng("classifier/weights"), order = run.rng("classifier/batches");
  nn::Sequential net{nn::Linear(train.x.size(1), 64), nn::TanH(), nn::Linear(64, 10)};
  nn::initialize(net, weights);
  nn::SoftmaxCrossEntropyLoss loss;
  nn::Optim optim(net, loss, 2e-3, nn::Reduction::mean, nn::Adam());
  nn::SGD(optim, train, {.batch_size = 100, .epochs = epochs}, order);
  run.result(name, "accuracy of a classifier", "train", nn::accuracy(net, train));
  run.result(name, "accuracy of a classifier", "test", nn::accuracy(net, test));
}

void originals(Run& run, const nn::Split& images, const Settings& s) {
  look_at(run, "original", images.test.x, images.test.y, s.iterations);
  classify(run, "original", images.train, images.test, s.classifier_epochs);
}

void encoded(Run& run, const std::vector<nn::Index>& widths, const nn::Split& images,
             const Settings& s) {
  nn::AutoEncoder net = train(run, widths, images.train.x, s.epochs);
  std::string name = apps::widths_name(widths);
  nn::Dataset train_codes{net.encode(images.train.x), images.train.y};
  nn::Dataset test_codes{net.encode(images.test.x), images.test.y};
  look_at(run, name + ", reconstruction", net.predict(images.test.x), images.test.y, s.iterations);
  look_at(run, name + ", code", test_codes.x, images.test.y, s.iterations);
  classify(run, name + ", code", train_codes, test_codes, s.classifier_epochs);
  nn::Tensor saturated = nn::map(test_codes.x, [](nn::Scalar v) {
    return static_cast<nn::Scalar>(v > nn::Scalar(0.99) || v < nn::Scalar(-0.99));
  });
  run.result(name + ", code", "share of |code| above 0.99", "test", nn::mean(saturated));
}

}  // namespace

int main(int argc, char** argv) {
  Experiment experiment("usps_latent_space", "Clusters and maps of USPS and of its codes.", 3);
  Settings s;
  experiment.flags().count("epochs", s.epochs, "passes of an auto-encoder over the images");
  experiment.flags().count("iterations", s.iterations, "iterations of t-SNE");
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", s.epochs, nn::Index{4});
    experiment.quick_default("iterations", s.iterations, nn::Index{300});
    nn::Split images = apps::unit_images(apps::load_usps(experiment));
    std::vector<std::vector<nn::Index>> nets{{256, 128, 64}, {256, 100, 10}};
    experiment.expect((2 * s.epochs + 100) * experiment.runs());
    experiment.for_each_job(3, [&](Run& run, nn::Index job) {
      if (job == 2)
        originals(run, images, s);
      else
        encoded(run, nets[static_cast<std::size_t>(job)], images, s);
    });
  });
}
