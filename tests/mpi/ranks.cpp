// Trainings that several ranks make together, or one process alone, which has to end with the same
// bits. Each process writes its network to FOLDER/RANK.safetensors, the first prints what it saw.
//
// usage: ranks [--alone] FOLDER NAME [FAULT]
// NAME "all" makes all trainings, each in a folder of its own. A fault is that of the last rank, of
// the first ("disk"), or of the data.

#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "nn/mpi/data_parallel.hpp"
#include "nn/mpi/run.hpp"
#include "nn/nn.hpp"

namespace {

using namespace nn;

/// What a process was asked to do.
struct Task {
  std::string folder, name, fault;
  bool alone = false;

  int rank() const { return alone ? 0 : mpi::rank(); }
  int ranks() const { return alone ? 1 : mpi::size(); }
  bool has(const std::string& f) const { return fault == f && rank() == ranks() - 1; }
};

/// 64 pixels each.
Dataset images(Index count) {
  const Dataset data = digits().slice(0, count);
  return {data.x / 16, data.y};
}

template <class Rule>
void train(const Task& task, Sequential net, double step, Rule rule, Dataset data,
           const SGDOptions& options, Index micro_batch,
           const Augmentation& changes = {.image = {8, 8}}) {
  Rng weights = Rng(task.has("parameters") ? 8 : 7).stream("weights"), order(3);
  initialize(net, weights);
  SoftmaxCrossEntropyLoss loss;
  Optim optim(net, loss, step, Reduction::mean, std::move(rule));
  optim.set_micro_batch(task.has("micro_batch") ? micro_batch + 1 : micro_batch);
  optim.set_clipping({.norm = 0.5});
  optim.set_seed(5);
  std::unique_ptr<mpi::DataParallel> parallel;
  if (!task.alone) parallel = std::make_unique<mpi::DataParallel>(optim);

  if (task.has("rows")) data = data.slice(0, data.size() - 1);
  if (task.has("data")) data.x(0, 0) = 9;
  if (task.fault == "target") data.y(17) = 99;
  if (task.fault == "nan") data.x(17, 3) = static_cast<Scalar>(NAN);
  DatasetSource plain(data);
  AugmentedSource changed(plain, changes, 7);
  SGDOptions all = options;
  const Dataset validation = digits().slice(1000, 1300);
  const Dataset held_out{validation.x / 16, validation.y};
  all.validation = &held_out;
  all.history = task.folder + "/history.csv";
  all.checkpoint = {.folder = task.folder + "/checkpoints", .every = 3, .resume = true};
  if (parallel)
    all.measures = {{"accuracy", [&](const Module& trained) {
                       return accuracy(held_out.y, predict(*parallel, trained, held_out.x));
                     }}};
  else
    all.measures = {
        {"accuracy", [&](const Module& trained) { return accuracy(trained, held_out); }}};
  all.on_iteration = [&](const Iteration& now) {
    if (task.fault == "stop") return now.iteration < 8 || task.rank() > 0;
    if (now.iteration != 8) return true;
    if (task.has("throw")) throw DataError("thrown by a callback");
    if (task.has("kill")) std::raise(SIGKILL);
    if (task.fault == "disk" && task.rank() == 0) {
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit none{100, 100};
      setrlimit(RLIMIT_FSIZE, &none);
    }
    return true;
  };
  const TrainingResult result = SGD(optim, changed, all, order, [&](const Epoch& epoch) {
    if (epoch.epoch == 2 && task.has("step")) optim.set_step_size(0.01);
    if (epoch.epoch == 2 && task.has("generator")) order.rand();
  });
  save_parameters(task.folder + "/" + std::to_string(task.rank()) + ".safetensors", net,
                  {.order = ChannelOrder::last});
  if (task.rank() == 0)
    std::cout << "iterations " << result.iterations << ", diverged " << result.diverged << ", best "
              << to_text(result.best_loss) << '\n';
}

/// 9 micro-batches, the last smaller; the last batch of an epoch is one micro-batch.
void mlp(const Task& task) {
  train(task, parse_network("Linear(40) TanH Dropout(0.2) Linear(10)", {64}), 0.1,
        GradientDescent({.momentum = 0.9}), images(205),
        {.batch_size = 50, .epochs = 3, .prefetch = true}, 6);
}

void conv(const Task& task) {
  train(task,
        parse_network("Reshape([8, 8, 1]) Conv2D(3, 6, padding=1) BatchNorm ReLU MaxPool2D(2) "
                      "Flatten Linear(10)",
                      {64}),
        0.01, Adam(), images(230), {.batch_size = 64, .epochs = 3}, 8,
        {.shift = 1, .rotation = 10, .image = {8, 8}});
}

void lstm(const Task& task) {
  train(task, parse_network("Reshape([8, 8]) LSTM(12, sequence=false) Linear(10)", {64}), 0.01,
        RMSProp(), images(130), {.batch_size = 32, .epochs = 3}, 5);
}

void weighted(const Task& task) {
  Dataset data = images(130);
  data.weight = Tensor({130});
  for (Index i = 0; i < 130; ++i)
    data.weight(i) = static_cast<Scalar>(0.3 * static_cast<double>(i * 7 % 11));
  Linear encoder(64, 10);
  TiedLinear decoder(encoder);
  train(task, Sequential{std::move(encoder), TanH(), std::move(decoder), Linear(64, 10)}, 0.05,
        GradientDescent(), data, {.batch_size = 29, .epochs = 3}, 4);
}

/// A loop of one's own, in which some steps have a cost that is not finite, or a BatchNorm that
/// uses its running statistics, or a batch that is one micro-batch. Bytes are as the formula says.
void own_loop(const Task& task) {
  Sequential net = parse_network("Linear(33) BatchNorm ReLU Linear(10)", {64});
  SoftmaxCrossEntropyLoss loss;
  Optim optim(net, loss, 0.1);
  optim.set_micro_batch(5);
  std::unique_ptr<mpi::DataParallel> parallel;
  if (!task.alone) parallel = std::make_unique<mpi::DataParallel>(optim);
  Dataset data = images(40);
  for (Index i = 0; i < 12; ++i) {
    Dataset batch{data.x.clone(), data.y};
    if (i % 3 == 2) batch = batch.slice(0, 5);
    net.train(i != 7);
    if (i % 3 == 1) batch.x(i * 3, 5) = static_cast<Scalar>(NAN);
    const double cost = optim.step(batch.x, batch.y);
    if (task.rank() == 0) std::cout << to_text(cost) << '\n';
  }
  if (parallel) {
    const Index before = parallel->bytes_sent();
    optim.step(data.x, data.y);
    Index scalars = 0;
    for (const auto& p : net.parameters()) scalars += p->value.numel();
    for (const auto& [name, buffer] : net.named_buffers()) scalars += buffer.numel() + 1;
    const std::string line = "bytes " + std::to_string(parallel->bytes_sent() - before) +
                             " scalars " + std::to_string(scalars) + " of " +
                             std::to_string(sizeof(Scalar)) + '\n';
    std::cerr << line;
  } else {
    optim.step(data.x, data.y);
  }
  save_parameters(task.folder + "/" + std::to_string(task.rank()) + ".safetensors", net,
                  {.order = ChannelOrder::last});
}

/// Each rank hands on its number that many times, rank 0 thus nothing.
void gather_texts(const Task& task) {
  std::string own, all;
  for (int i = 0; i < task.rank(); ++i) own += std::to_string(task.rank());
  for (const std::string& text : mpi::gather(own)) all += text + ".";
  std::cout << all + "\n" << std::flush;
}

int work(const Task& task) {
  if (task.name == "gather") {
    gather_texts(task);
    return 0;
  }
  const std::map<std::string, std::function<void(const Task&)>> trainings{
      {"mlp", mlp}, {"conv", conv}, {"lstm", lstm}, {"weighted", weighted}, {"own_loop", own_loop}};
  if (task.name != "all") {
    trainings.at(task.name)(task);
    return 0;
  }
  for (const auto& [name, train_one] : trainings) {
    Task one = task;
    one.folder += "/" + name;
    std::filesystem::create_directories(one.folder);
    train_one(one);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Task task;
  int at = 1;
  if (argc > 1 && std::string(argv[1]) == "--alone") {
    task.alone = true;
    ++at;
  }
  if (argc < at + 2) return 2;
  task.folder = argv[at];
  task.name = argv[at + 1];
  if (argc > at + 2) task.fault = argv[at + 2];
  return task.alone ? work(task) : nn::mpi::run(argc, argv, [&] { return work(task); });
}
