#include "common/plane.hpp"

#include "common/boundary.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/train/metrics.hpp"
#include "nn/train/sgd.hpp"

namespace apps {

void train_in_plane(Run& run, nn::Sequential& net, const nn::Split& data, const PlaneTraining& t) {
  nn::Rng weights = run.rng(t.setting + "/weights"), batches = run.rng(t.setting + "/batches");
  nn::initialize(net, weights, t.init);
  nn::MSELoss loss;
  auto losses = [&](nn::Index epoch) {
    run.history(t.setting, epoch, "mse", "train", nn::evaluate(net, loss, data.train));
    run.history(t.setting, epoch, "mse", "test", nn::evaluate(net, loss, data.test));
    run.history(t.setting, epoch, "accuracy", "train", nn::accuracy(net, data.train));
    run.history(t.setting, epoch, "accuracy", "test", nn::accuracy(net, data.test));
  };
  losses(0);
  nn::Optim optim(net, loss, t.step, t.reduction);
  nn::Index batch_size = t.batch_size > 0 ? t.batch_size : data.train.size();
  nn::SGD(optim, data.train, {.batch_size = batch_size, .epochs = t.epochs}, batches,
          [&](const nn::Epoch& e) {
            if (e.epoch % t.every == 0 || e.epoch == t.epochs) losses(e.epoch);
            run.advance();
          });
  run.result(t.setting, "accuracy", "train", nn::accuracy(net, data.train), t.report_train);
  run.result(t.setting, "accuracy", "test", nn::accuracy(net, data.test), t.report_test);
  run.result(t.setting, "mse", "train", nn::evaluate(net, loss, data.train));
  run.result(t.setting, "mse", "test", nn::evaluate(net, loss, data.test));
  if (!run.first()) return;
  write_points(run, t.setting, data);
  write_boundary(run, t.setting, net, t.half_width);
}

}  // namespace apps
