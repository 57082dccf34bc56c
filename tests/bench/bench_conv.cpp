// Convolutions by the module Conv2D: the cases of conv_cases.hpp.
#include <memory>

#include "bench/conv_cases.hpp"
#include "nn/nn.hpp"

namespace {

struct Layer {
  explicit Layer(const bench::Images& images)
      : conv({.kernel = 3,
              .chan_in = images.sizes.chan_in,
              .chan_out = images.sizes.chan_out,
              .padding = 1,
              .bias = false}) {
    const nn::Index batch = images.sizes.batch, side = images.sizes.side;
    x = nn::Tensor({batch, side, side, images.sizes.chan_in});
    dy = nn::Tensor({batch, side, side, images.sizes.chan_out});
    y = nn::Tensor(dy.shape());
    std::copy_n(images.x.data(), x.numel(), x.data());
    std::copy_n(images.dy.data(), dy.numel(), dy.data());
    std::copy_n(images.w.data(), conv.weight()->value.numel(), conv.weight()->value.data());
  }

  nn::Conv2D conv;
  nn::Tensor x, dy, y, dx;
};

}  // namespace

int main() {
  nn::set_num_threads(bench::thread_count());
  bench::measure_convolutions([](const bench::Images& images) {
    auto layer = std::make_shared<Layer>(images);
    return bench::ConvCalls{[=] { layer->conv.predict_into(layer->x, layer->y); },
                            [=] { layer->dx = layer->conv.backward_delta(layer->x, layer->dy); },
                            [=] { layer->conv.backward_update_gradient(layer->x, layer->dy); },
                            [=, &images] {
                              const nn::Tensor& dw = layer->conv.weight()->grad;
                              std::copy_n(layer->y.data(), layer->y.numel(), images.y.data());
                              std::copy_n(layer->dx.data(), layer->dx.numel(), images.dx.data());
                              std::copy_n(dw.data(), dw.numel(), images.dw.data());
                            }};
  });
}
