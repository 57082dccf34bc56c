// Recurrent layers where a state must last. The adding problem (Hochreiter and Schmidhuber, 1997):
// of 100 numbers from U(0, 1) one in each half is marked, and their sum is asked for after the last
// step. New examples in each batch, so that nothing can be learnt by heart; who answers 1 has a
// mean squared error of 1/6. And USPS digits read row by row, 16 steps of 16 pixels, with the
// parameters of the epoch that did best on a tenth of the training set. LSTM, GRU and a plain
// network, each in PyTorch's start, under Adam with the norm of the gradient clipped to 1.
// apps/reference/sequences.py trains the same in PyTorch.

#include <functional>
#include <iterator>
#include <span>

#include "common/experiment.hpp"
#include "common/usps_data.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

struct Settings {
  nn::Index length = 100, steps = 3000, epochs = 30;
};

/// A layer that reads sequences, and a linear one on its last state.
struct Reader {
  Name name;
  std::function<nn::Sequential(nn::Index in, nn::Index hidden, nn::Index out)> network;
};

template <class Layer>
nn::Sequential network(nn::Index in, nn::Index hidden, nn::Index out) {
  return nn::Sequential{Layer(in, hidden, false), nn::Linear(hidden, out)};
}

const std::vector<Reader> readers{{{"lstm", "LSTM"}, network<nn::LSTM>},
                                  {{"gru", "GRU"}, network<nn::GRU>},
                                  {{"rnn", "plain RNN"}, network<nn::RNN>}};

nn::Optim optimiser(nn::Module& net, const nn::Loss& loss, double step) {
  nn::Optim optim(net, loss, step, nn::Adam());
  optim.set_clipping({.norm = 1});
  return optim;
}

/// New examples of the adding problem, x: (batch, length, 2), each step a number and a mark, 0 or
/// 1, and y: (batch, 1).
void draw_numbers(nn::Dataset& batch, nn::Rng& rng) {
  const nn::Index length = batch.x.size(1), half = length / 2;
  for (nn::Index i = 0; i < batch.size(); ++i) {
    for (nn::Index t = 0; t < length; ++t) {
      batch.x(i, t, 0) = static_cast<nn::Scalar>(rng.rand());
      batch.x(i, t, 1) = 0;
    }
    const nn::Index first = rng.below(half), second = half + rng.below(length - half);
    batch.x(i, first, 1) = batch.x(i, second, 1) = 1;
    batch.y(i, 0) = batch.x(i, first, 0) + batch.x(i, second, 0);
  }
}

nn::Dataset adding_problem(nn::Index size, nn::Index length, nn::Rng& rng) {
  nn::Dataset data{nn::Tensor({size, length, 2}), nn::Tensor({size, 1})};
  draw_numbers(data, rng);
  return data;
}

nn::Dataset fresh_examples(const Run& run, nn::Index length) {
  nn::Rng rng = run.rng("test numbers");
  return adding_problem(2000, length, rng);
}

/// Examples that are new each time.
class FreshExamples : public nn::ExampleSource {
 public:
  FreshExamples(nn::Index size, nn::Index length, nn::Rng& rng)
      : size_(size), length_(length), rng_(rng) {}
  nn::Index size() const override { return size_; }
  void read(std::span<const nn::Index> rows, nn::Index, nn::Dataset& out) override {
    out = adding_problem(std::ssize(rows), length_, rng_);
  }

 private:
  nn::Index size_, length_;
  nn::Rng& rng_;
};

void add(Run& run, const Reader& reader, const Settings& s) {
  constexpr nn::Index batch_size = 64, hidden = 32, every = 50;  // batches to a row of history
  const Name name{"adding-" + reader.name.id, "adding problem, " + reader.name.text};
  nn::Rng weights = run.rng("weights"), numbers = run.rng("numbers");
  nn::Sequential net = reader.network(2, hidden, 1);
  nn::initialize(net, weights);
  nn::MSELoss loss;
  nn::Optim optim = optimiser(net, loss, 3e-3);

  FreshExamples source(every * batch_size, s.length, numbers);
  const nn::TrainingResult result =
      nn::SGD(optim, source,
              {.batch_size = batch_size,
               .iterations = s.steps,
               .shuffle = false,
               .on_iteration = [&](const nn::Iteration&) { run.advance(); },
               .checkpoint = run.checkpoint(name.id)},
              numbers, [&](const nn::Epoch& e) {
                if (e.iterations % every == 0)
                  run.history(name, e.iterations, "mse", "train", e.loss);
              });
  apps::require_finite(name, result);
  run.result(name, "mse", "test", nn::evaluate(net, loss, fresh_examples(run, s.length)));
}

void answer_the_mean(Run& run, const Settings& s) {
  const nn::Dataset fresh = fresh_examples(run, s.length);
  const nn::Tensor error = fresh.y - 1;
  run.result({"adding-mean", "adding problem, 1 for all"}, "mse", "test", nn::mean(error * error));
}

void read_digits(Run& run, const Reader& reader, const nn::Split& digits, const Settings& s) {
  const Name name{"digits-" + reader.name.id, "digits row by row, " + reader.name.text};
  nn::Rng weights = run.rng("weights"), order = run.rng("batches");
  nn::Sequential net{nn::Reshape({16, 16}), reader.network(16, 64, 10)};
  nn::initialize(net, weights);
  nn::SoftmaxCrossEntropyLoss loss;
  nn::Optim optim = optimiser(net, loss, 3e-3);

  const nn::Split parts =
      nn::train_test_split(digits.train, {.test_size = 0.1, .seed = run.seed()});
  const nn::TrainingResult result =
      nn::SGD(optim, parts.train,
              {.batch_size = 64,
               .epochs = s.epochs,
               .validation = &parts.test,
               .checkpoint = run.checkpoint(name.id)},
              order, [&](const nn::Epoch& e) {
                run.history(name, e.epoch, "loss", "train", e.loss);
                run.history(name, e.epoch, "loss", "validation", e.validation_loss);
                run.advance(100);
              });
  apps::require_finite(name, result);
  run.result(name, "accuracy", "validation", nn::accuracy(net, parts.test));
  run.result(name, "accuracy", "test", nn::accuracy(net, digits.test));
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("sequences", "LSTM, GRU and a plain recurrent network.", 5);
  Settings s;
  experiment.flags().count("length", s.length, "steps of the adding problem", 2);
  experiment.flags().count("steps", s.steps, "batches of the adding problem");
  experiment.flags().count("epochs", s.epochs, "passes over the digits");
  experiment.offer_checkpoints();
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("length", s.length, nn::Index{6});
    experiment.quick_default("steps", s.steps, nn::Index{400});
    experiment.quick_default("epochs", s.epochs, nn::Index{2});
    const nn::Split digits = apps::load_usps(experiment);
    const auto kinds = static_cast<nn::Index>(readers.size());
    experiment.expect(experiment.runs() * kinds * (s.steps + 100 * s.epochs));
    experiment.for_each_run(0, [&](Run& run) { answer_the_mean(run, s); });
    experiment.for_each_job(2 * kinds, [&](Run& run, nn::Index job) {
      const Reader& reader = readers[static_cast<std::size_t>(job % kinds)];
      if (job < kinds)
        add(run, reader, s);
      else
        read_digits(run, reader, digits, s);
    });
  });
}
