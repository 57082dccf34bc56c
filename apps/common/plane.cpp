#include "common/plane.hpp"

#include "nn/losses/mse_loss.hpp"
#include "nn/train/metrics.hpp"

namespace apps {

void record_epoch(Run& run, const Name& setting, nn::Index epoch, const nn::Module& net,
                  const nn::Split& data, nn::Scalar threshold) {
  for (auto [part, split] : {std::pair(&data.train, "train"), std::pair(&data.test, "test")}) {
    run.history(setting, epoch, "mse", split, nn::evaluate(net, nn::MSELoss(), *part));
    run.history(setting, epoch, "accuracy", split, nn::accuracy(net, *part, threshold));
  }
}

void record_results(Run& run, const Name& setting, const nn::Module& net, const nn::Split& data,
                    const ReportedAccuracy& report, nn::Scalar threshold) {
  run.result(setting, "accuracy", "train", nn::accuracy(net, data.train, threshold), report.train);
  run.result(setting, "accuracy", "test", nn::accuracy(net, data.test, threshold), report.test);
  run.result(setting, "mse", "train", nn::evaluate(net, nn::MSELoss(), data.train));
  run.result(setting, "mse", "test", nn::evaluate(net, nn::MSELoss(), data.test));
}

void write_points(Run& run, const Name& setting, const nn::Split& data) {
  for (auto [part, split] : {std::pair(&data.train, "train"), std::pair(&data.test, "test")})
    for (nn::Index i = 0; i < part->size(); ++i)
      run.row("points", {"id", "setting", "x1", "x2", "label", "split"},
              {setting.id, setting.text, part->x(i, 0), part->x(i, 1), part->y(i, 0), split});
}

void write_boundary(Run& run, const Name& setting, const nn::Module& net, double half_width) {
  constexpr nn::Index side = 101;
  auto coordinate = [&](nn::Index i) {
    return static_cast<nn::Scalar>(half_width * (2.0 * static_cast<double>(i) / (side - 1) - 1));
  };
  nn::Tensor grid(nn::Shape{side * side, 2});
  for (nn::Index i = 0; i < grid.size(0); ++i) {
    grid(i, 0) = coordinate(i / side);
    grid(i, 1) = coordinate(i % side);
  }
  nn::Tensor output = net.predict(grid);
  for (nn::Index i = 0; i < grid.size(0); ++i)
    run.row("boundary", {"id", "setting", "x1", "x2", "output"},
            {setting.id, setting.text, grid(i, 0), grid(i, 1), output(i, 0)});
}

}  // namespace apps
