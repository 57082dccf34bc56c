#include "common/boundary.hpp"

namespace apps {

void write_points(Run& run, const std::string& setting, const nn::Split& data) {
  auto write = [&](const nn::Dataset& part, const char* split) {
    for (nn::Index i = 0; i < part.size(); ++i)
      run.row("points", {"setting", "x1", "x2", "label", "split"},
              {setting, part.x(i, 0), part.x(i, 1), part.y(i, 0), split});
  };
  write(data.train, "train");
  write(data.test, "test");
}

void write_boundary(Run& run, const std::string& setting, const nn::Module& net,
                    double half_width) {
  constexpr nn::Index side = 101;
  nn::Tensor grid(nn::Shape{side * side, 2});
  auto coordinate = [&](nn::Index i) {
    return static_cast<nn::Scalar>(half_width * (2.0 * static_cast<double>(i) / (side - 1) - 1));
  };
  for (nn::Index i = 0; i < side; ++i)
    for (nn::Index j = 0; j < side; ++j) {
      grid(i * side + j, 0) = coordinate(i);
      grid(i * side + j, 1) = coordinate(j);
    }
  nn::Tensor output = net.predict(grid);
  for (nn::Index i = 0; i < grid.size(0); ++i)
    run.row("boundary", {"setting", "x1", "x2", "output"},
            {setting, grid(i, 0), grid(i, 1), output(i, 0)});
}

}  // namespace apps
