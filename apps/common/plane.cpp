#include "common/plane.hpp"

#include "common/boundary.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/metrics.hpp"
#include "nn/train/sgd.hpp"

namespace apps {

void train_in_plane(Run& run, nn::Sequential& net, const nn::Split& data, const PlaneTraining& t) {
  nn::Rng weights = run.rng(t.setting + "/weights"), batches = run.rng(t.setting + "/batches");
  nn::initialize(net, weights, t.init);
  nn::MSELoss loss;
  auto losses = [&](nn::Index epoch) {
    for (auto [part, split] : {std::pair(&data.train, "train"), std::pair(&data.test, "test")}) {
      nn::Tensor yhat = nn::predict(net, part->x);
      run.history(t.setting, epoch, "mse", split, nn::mean(loss.forward(part->y, yhat)));
      run.history(t.setting, epoch, "accuracy", split, nn::accuracy(part->y, yhat));
    }
  };
  losses(0);
  nn::Optim optim(net, loss, t.step, t.reduction);
  nn::Index batch_size = t.batch_size > 0 ? t.batch_size : data.train.size();
  const nn::TrainingResult result =
      nn::SGD(optim, data.train, {.batch_size = batch_size, .epochs = t.epochs}, batches,
              [&](const nn::Epoch& e) {
                if (e.epoch % t.every == 0 || e.epoch == t.epochs) losses(e.epoch);
                run.advance();
              });
  require_finite(t.setting, result);
  run.result(t.setting, "accuracy", "train", nn::accuracy(net, data.train), t.report_train);
  run.result(t.setting, "accuracy", "test", nn::accuracy(net, data.test), t.report_test);
  run.result(t.setting, "mse", "train", nn::evaluate(net, loss, data.train));
  run.result(t.setting, "mse", "test", nn::evaluate(net, loss, data.test));
  if (!run.first()) return;
  write_points(run, t.setting, data);
  write_boundary(run, t.setting, net, t.half_width);
}

}  // namespace apps
