// nn train: holds some of the examples out for validation, trains a network on the others, and
// leaves the model and how it did in a folder.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <numeric>

#include "command.hpp"
#include "common/flags.hpp"
#include "common/ranks.hpp"
#include "common/text_table.hpp"
#include "network.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/core/version.hpp"
#include "nn/data/scaler.hpp"
#include "nn/io/npy.hpp"
#include "nn/modules/init.hpp"
#include "nn/train/diagnose.hpp"
#include "nn/train/metrics.hpp"
#include "nn/train/sgd.hpp"
#include "page.hpp"
#include "prepare.hpp"
#include "results.hpp"

namespace apps {
namespace {

struct Options {
  Job job;
  std::string model = "Linear(64) ReLU Linear(32) ReLU", loss, rule = "adam", out = "model";
  nn::Index epochs = 200, batch_size = 32, micro_batch = 0, patience = 30;
  double step = 0.003, decay = 0.01;
};

void add_flags(Flags& flags, Options& o) {
  flags.argument("DATA", o.job.data, "a CSV table; or images as NPY, IDX or USPS text; also .gz");
  flags.text("target", o.job.target, "table: the column to predict; text is classes");
  flags.text("without", o.job.without, "table: columns to leave out, separated by commas");
  flags.text("text", o.job.text, "table: columns that are text though they look like numbers");
  flags.text("separator", o.job.separator, "table: between cells: one character, or tab");
  flags.on_off("classes", o.job.classes, "table: the numbers of the target are classes");
  flags.text("labels", o.job.labels, "arrays: an IDX or NPY file with the class of each example");
  flags.text("targets", o.job.targets, "arrays: an NPY file with the number to predict for each");
  flags.text("model", o.model, "the hidden layers; a Linear to the outputs is put behind them");
  flags.text("loss", o.loss, "cross_entropy for classes; mse, l1 or huber for numbers");
  flags.text("rule", o.rule, "adam, sgd (momentum .9), rmsprop or adagrad");
  flags.number("step", o.step, "step size");
  flags.number("decay", o.decay, "decay of the weights");
  flags.count("batch-size", o.batch_size, "examples in a step");
  flags.count("micro-batch", o.micro_batch,
              "rows of the parts that a batch is cut into, which ranks share; 0: it is not cut", 0);
  flags.count("epochs", o.epochs, "passes over the examples, at most");
  flags.count("patience", o.patience, "epochs without a better validation loss; 0: no limit", 0);
  flags.number("validation", o.job.validation, "the share of the examples that is held out");
  flags.count("seed", o.job.seed, "of the split, the first weights and the order", 0);
  flags.text("out", o.out, "folder for the model and how it did");
}

/// What is shown after each epoch: larger is better.
nn::Measure measure_of(const nn::Dataset& validation, bool is_class) {
  if (is_class)
    return {"validation_accuracy",
            [&](const nn::Module& net) { return nn::accuracy(net, validation); }};
  return {"validation_r2", [&](const nn::Module& net) {
            return nn::r2_score(validation.y, nn::predict(net, validation.x));
          }};
}

bool shows_progress() { return ranks::leads() && ::isatty(STDERR_FILENO) == 1; }

/// A line on a terminal that each epoch writes over.
void show(const nn::Epoch& epoch, const Options& o, const std::string& measure) {
  if (!shows_progress()) return;
  const double left = epoch.seconds / static_cast<double>(epoch.epoch) *
                      static_cast<double>(o.epochs - epoch.epoch);
  std::fprintf(stderr, "\repoch %lld of %lld, loss %.4g, %s %.4f, at most %.0f s left\x1b[K",
               static_cast<long long>(epoch.epoch), static_cast<long long>(o.epochs), epoch.loss,
               measure.c_str(), epoch.measures.at(0), left);
}

/// Numbers to predict are learned with mean 0 and deviation 1; the network then gives them in their
/// own units.
nn::TrainingResult fit(nn::Sequential& net, const nn::Loss& loss, const Prepared& p,
                       const Options& o) {
  nn::Dataset train = p.train, validation = p.validation;
  nn::StandardScaler scaler;
  if (!p.is_class()) {
    scaler.fit(train.y.reshape({train.size(), 1}));
    train.y = scaler.transform(train.y.reshape({train.size(), 1}));
    validation.y = scaler.transform(validation.y.reshape({validation.size(), 1}));
  }
  const auto seed = static_cast<std::uint64_t>(o.job.seed);
  nn::Rng weights = nn::Rng(seed).stream("weights"), order = nn::Rng(seed).stream("batches");
  nn::initialize(net, weights);
  nn::Optim optim = optim_of(o.rule, net, loss, o.step, o.decay);
  optim.set_seed(seed);
  const std::vector<std::string> columns =
      p.info.pipeline.is_fitted() ? p.info.pipeline.features() : std::vector<std::string>();
  for (const std::string& warning : nn::diagnose(optim, train, validation, o.batch_size, columns))
    remark(warning);
  optim.set_micro_batch(o.micro_batch);
  const auto team = ranks::team(optim);

  const nn::Index rows_at_once = o.micro_batch > 0 ? o.micro_batch : o.batch_size;
  const bool leaves_one =  // which BatchNorm does not take
      train.size() % o.batch_size % rows_at_once == 1 &&
      o.model.find("BatchNorm") != std::string::npos;
  const nn::Measure measure = measure_of(validation, p.is_class());
  nn::TrainingResult result =
      nn::SGD(optim, train,
              {.batch_size = o.batch_size,
               .epochs = o.epochs,
               .drop_last = leaves_one,
               .validation = &validation,
               .patience = o.patience,
               .measures = {measure},
               .history = o.out + "/history.csv"},
              order, [&](const nn::Epoch& epoch) { show(epoch, o, measure.name); });
  if (shows_progress()) std::fputc('\n', stderr);
  if (result.diverged)
    throw std::runtime_error("the training diverged (" + result.where +
                             "): try a smaller --step than " + nn::to_text(o.step));
  if (!p.is_class()) scale_outputs(net, scaler.mean()[0], scaler.scale()[0]);
  return result;
}

/// What the validation part has, what the network makes of it, and what that costs; the inputs that
/// cost most, for the page.
void write_predictions(const Options& o, const Prepared& p, const nn::Tensor& z,
                       const nn::Tensor& costs) {
  std::vector<std::string> columns{"row", "truth", "cost"};
  for (const std::string& column : prediction_columns(p.info)) columns.push_back(column);
  nn::CsvWriter table(o.out + "/predictions.csv", columns);
  const std::vector<nn::CsvRow> predicted = prediction_rows(p.info, z);
  for (nn::Index i = 0; i < z.size(0); ++i) {
    const auto at = static_cast<std::size_t>(i);
    nn::CsvRow row{p.rows[at], target_cell(p.info, p.validation.y(i)), costs(i)};
    row.insert(row.end(), predicted[at].begin(), predicted[at].end());
    table.row(row);
  }
  table.write();

  constexpr std::ptrdiff_t most = 24;
  std::vector<nn::Index> worst(p.rows.size());
  std::iota(worst.begin(), worst.end(), nn::Index{0});
  std::stable_sort(worst.begin(), worst.end(),
                   [&](nn::Index a, nn::Index b) { return costs(a) > costs(b); });
  worst.resize(static_cast<std::size_t>(std::min(most, std::ssize(worst))));
  nn::write_npy(o.out + "/worst.npy", nn::take(p.validation.x, worst));
}

void make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw nn::DataError(path + ": cannot make this folder: " + error.message());
}

/// The model and how it did, in the folder and on standard output.
void write_results(const Options& o, const std::string& line, const nn::Loss& loss,
                   const nn::Sequential& net, const Prepared& p, const nn::TrainingResult& result) {
  nn::save_model(o.out + "/model.safetensors", net, p.info);
  const nn::Tensor z = nn::predict(net, p.validation.x);
  write_predictions(o, p, z, loss.forward(p.validation.y, z));
  if (p.is_class()) write_confusion(o.out + "/confusion.csv", p.info, p.validation.y, z);
  const std::string layers = net.summary(p.train.x.shape().with(0, 1));
  nn::write_csv(o.out + "/training.csv", {"key", "value"},
                {{"command", line},
                 {"version", nn::version()},
                 {"training_rows", p.train.size()},
                 {"validation_rows", p.validation.size()},
                 {"best_epoch", result.best_epoch},
                 {"epochs", result.epochs},
                 {"network", layers}});

  std::cout << layers;
  std::cout << "best epoch " << result.best_epoch << " of " << result.epochs << "; on "
            << count_of(p.validation.size(), "row") << " held out:\n";
  nn::CsvWriter table(o.out + "/measures.csv", {"measure", "value"});
  for (const auto& [name, value] : measures(p.info, p.validation.y, z)) {
    std::cout << "  " << name << ' ' << short_number(value) << '\n';
    table.row({name, value});
  }
  table.write();
  std::cout << "the model and how it did: " << o.out << '\n' << std::flush;
}

}  // namespace

int command::train(int argc, const char* const* argv, const std::string& line) {
  Options o;
  Flags flags("nn train", "Trains a network on a table or on images.");
  add_flags(flags, o);
  if (!flags.parse(argc, argv)) {
    std::cout << flags.help();
    return 0;
  }
  if (ranks::size() > 1 && o.micro_batch == 0)
    throw UsageError("nn train: several ranks share a batch by --micro-batch N (see --help)");
  Prepared p = prepare(o.job);
  const auto outputs = p.is_class() ? static_cast<nn::Index>(p.info.classes.size()) : 1;
  nn::Sequential net = network_of(o.model, p.train.x.shape().without(0), outputs);
  const std::unique_ptr<nn::Loss> loss = loss_of(o.loss, p.is_class());
  if (ranks::leads()) make_folder(o.out);
  const nn::TrainingResult result = fit(net, *loss, p, o);
  if (!ranks::leads()) return 0;

  p.info.text = line;
  write_results(o, line, *loss, net, p, result);
  write_page(o.out);
  return 0;
}

}  // namespace apps
