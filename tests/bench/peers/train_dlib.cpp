// Training steps by dlib. Its convolution along a line is one of two dimensions and one row; its
// auto-encoder has a loss for each pixel, with the sigmoid inside.
#include <dlib/dnn.h>
#include <dlib/revision.h>

#include "bench/train_cases.hpp"

namespace {

using namespace dlib;

using Input = input<matrix<float>>;
using Mlp = loss_multiclass_log<fc<10, htan<fc<64, htan<fc<128, Input>>>>>>;
using Odd = loss_multiclass_log<fc<7, htan<fc<30, htan<fc<90, Input>>>>>>;
using Conv1D =
    loss_multiclass_log<fc<10, relu<fc<100, max_pool<1, 2, 1, 2, con<32, 1, 3, 1, 1, Input>>>>>>;
template <long filters, class Below>
using Block = max_pool<2, 2, 2, 2, relu<add_layer<con_<filters, 3, 3, 1, 1, 1, 1>, Below>>>;
using LeNet = loss_multiclass_log<fc<10, relu<fc<128, Block<32, Block<16, Input>>>>>>;
using Coder = fc<256, htan<fc<100, htan<fc<10, htan<fc<100, Input>>>>>>>;
using AutoEncoder = loss_binary_log_per_pixel<extract<0, 1, 16, 16, Coder>>;

template <class Net, class Label>
bench::Training steps(const std::vector<matrix<float>>& images, const std::vector<Label>& labels) {
  auto net = std::make_shared<Net>();
  auto x = std::make_shared<resizable_tensor>();
  net->to_tensor(images.begin(), images.end(), *x);
  const std::size_t layers = Net::num_computational_layers;
  auto solvers = std::make_shared<std::vector<sgd>>(layers, sgd(0, 0));
  return {[=] {
    net->compute_parameter_gradients(*x, labels.begin());
    net->update_parameters(make_sstack(*solvers), 0.01);
  }};
}

std::vector<matrix<float>> images_of(const bench::TrainCase& c, const bench::Batch& batch,
                                     bool are_lines) {
  std::vector<matrix<float>> images;
  for (int i = 0; i < c.batch; ++i) {
    matrix<float> image(are_lines ? 1 : 16, are_lines ? c.inputs : 16);
    std::copy_n(batch.x.data() + i * c.inputs, c.inputs, image.begin());
    images.push_back(image);
  }
  return images;
}

bench::Training auto_encoder(std::vector<matrix<float>> images) {
  std::vector<matrix<float>> signs = images;
  for (matrix<float>& image : signs)
    for (float& pixel : image) pixel = pixel > 0.5f ? 1.f : -1.f;
  return steps<AutoEncoder>(images, signs);
}

}  // namespace

int main() {
  bench::peer =
      "dlib " + std::to_string(DLIB_MAJOR_VERSION) + "." + std::to_string(DLIB_MINOR_VERSION);
  bench::measure_trainings([](const bench::TrainCase& c, const bench::Batch& batch) {
    const std::string net = c.net;
    const std::vector<unsigned long> labels(batch.labels.begin(), batch.labels.end());
    if (net == "mlp") return steps<Mlp>(images_of(c, batch, true), labels);
    if (net == "odd") return steps<Odd>(images_of(c, batch, true), labels);
    if (net == "conv1d") return steps<Conv1D>(images_of(c, batch, true), labels);
    if (net == "lenet") return steps<LeNet>(images_of(c, batch, false), labels);
    if (net == "autoenc") return auto_encoder(images_of(c, batch, false));
    return bench::Training{};
  });
}
