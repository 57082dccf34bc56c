// A table with numbers, text and holes becomes a classifier that is saved with all that its use
// needs. Look at: the rows are divided before the Pipeline learns medians, scales and categories,
// so that nothing leaks from the test; early stopping by a validation part; and Model::classify().
// usage: own_csv [apps/examples/plants.csv]

#include <iostream>

#include "nn/nn.hpp"

int main(int argc, char** argv) {
  const nn::Table table = nn::read_table(argc > 1 ? argv[1] : "apps/examples/plants.csv");
  nn::LabelEncoder species;
  species.fit(table.text("species"));
  const nn::Tensor y = species.transform(table.text("species"));

  const nn::Fold rows = nn::train_test_rows(y, {.test_size = 0.25, .stratify = true});
  const nn::Table known = table.take(rows.train), unseen = table.take(rows.test);
  auto pipeline = nn::Pipeline::automatic(known.without({"species"}));
  pipeline.fit(known);
  const auto [train, validation] =
      nn::train_test_split({pipeline.transform(known), nn::take(y, rows.train)});

  nn::Sequential net = nn::parse_network("Linear(16) ReLU Linear(3)", {train.x.shape()[1]});
  const nn::SoftmaxCrossEntropyLoss loss;
  nn::Optim optim(net, loss, 0.01, nn::Adam());
  for (const std::string& warning : nn::diagnose(optim, train, validation))
    std::cout << "warning: " << warning << '\n';
  nn::Rng rng(0);
  const nn::TrainingResult result =
      nn::SGD(optim, train, {.epochs = 500, .validation = &validation, .patience = 20}, rng)
          .check();
  std::cout << "stopped after epoch " << result.epochs << ", kept epoch " << result.best_epoch
            << ", validation loss " << result.best_loss << '\n';

  nn::save_model("plants.safetensors", net, {.pipeline = pipeline, .classes = species.classes()});
  const nn::Model model = nn::load_model("plants.safetensors");

  const nn::Tensor truth = nn::take(y, rows.test);
  const double accuracy = nn::accuracy(truth, model.predict(unseen));
  std::cout << unseen.place(0) << " is taken for " << model.classify(unseen)[0]
            << "\ntest accuracy " << accuracy << '\n';
  return accuracy > 0.85 ? 0 : 1;
}
