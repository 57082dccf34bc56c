// Training steps by FANN, which has dense layers, squared error and either one example at a time or
// all of them: the two classifiers, with tanh at the end and no cross-entropy.
#include <floatfann.h>

#include "bench/train_cases.hpp"

namespace {

struct FreeNet {
  void operator()(fann* net) const { fann_destroy(net); }
};
struct FreeData {
  void operator()(fann_train_data* data) const { fann_destroy_train(data); }
};

std::unique_ptr<fann, FreeNet> make_net(const bench::TrainCase& c) {
  const bool is_mlp = c.net == std::string("mlp");
  std::unique_ptr<fann, FreeNet> net(
      fann_create_standard(4, c.inputs, is_mlp ? 128 : 90, is_mlp ? 64 : 30, c.classes));
  fann_set_activation_function_hidden(net.get(), FANN_SIGMOID_SYMMETRIC);
  fann_set_activation_function_output(net.get(), FANN_SIGMOID_SYMMETRIC);
  fann_set_learning_rate(net.get(), 0.01f);
  fann_set_learning_momentum(net.get(), 0);
  fann_set_training_algorithm(net.get(), c.batch == 1 ? FANN_TRAIN_INCREMENTAL : FANN_TRAIN_BATCH);
  return net;
}

std::unique_ptr<fann_train_data, FreeData> make_data(const bench::TrainCase& c,
                                                     const bench::Batch& batch) {
  std::unique_ptr<fann_train_data, FreeData> data(
      fann_create_train(static_cast<unsigned>(c.batch), static_cast<unsigned>(c.inputs),
                        static_cast<unsigned>(c.classes)));
  for (int i = 0; i < c.batch; ++i) {
    std::copy_n(batch.x.data() + i * c.inputs, c.inputs, data->input[i]);
    std::fill_n(data->output[i], c.classes, -1.f);
    data->output[i][batch.labels[static_cast<std::size_t>(i)]] = 1;
  }
  return data;
}

}  // namespace

int main() {
  bench::peer = "FANN (squared error)";
  bench::measure_trainings(
      [](const bench::TrainCase& c, const bench::Batch& batch) -> bench::Training {
        const std::string name = c.net;
        if (name != "mlp" && name != "odd") return {};
        const std::shared_ptr<fann> net = make_net(c);
        const std::shared_ptr<fann_train_data> data = make_data(c, batch);
        if (c.batch == 1) return {[=] { fann_train(net.get(), data->input[0], data->output[0]); }};
        return {[=] { fann_train_epoch(net.get(), data.get()); }};
      });
}
