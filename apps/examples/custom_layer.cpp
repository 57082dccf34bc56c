// A layer of your own: Swish, z = x sigmoid(b x), with one trained number b.
// Look at: its two products with delta = dL/dz, dL/db and dL/dx; visit(), which names what is
// trained; check_gradients(), which compares both with differences; and register_module(), by which
// the layer can be saved, loaded and cloned. docs/adding_a_layer.md tells the rest.

#include <iostream>

#include "nn/nn.hpp"

class Swish : public nn::Module {
 public:
  Swish() { b_->value.fill(1); }
  nn::Tensor forward(const nn::Tensor& x) override { return predict(x); }
  nn::Tensor predict(const nn::Tensor& x) const override { return x * gate(x); }
  void backward_update_gradient(const nn::Tensor& x, const nn::Tensor& delta) override {
    check_delta(delta, x.shape());
    const nn::Tensor s = gate(x);
    b_->grad(0) += static_cast<nn::Scalar>(sum(delta * x * x * s * (1 - s)));
  }
  nn::Tensor backward_delta(const nn::Tensor& x, const nn::Tensor& delta) override {
    check_delta(delta, x.shape());
    const nn::Tensor s = gate(x);
    return delta * (s + b_->value * x * s * (1 - s));
  }
  nn::Shape output_shape(const nn::Shape& input) const override { return input; }
  void visit(nn::Visitor& visitor) override { visitor.parameter(b_); }
  std::string kind() const override { return "Swish"; }
  double b() const { return b_->value(0); }

 private:
  nn::Tensor gate(const nn::Tensor& x) const { return nn::sigmoid(b_->value * x); }

  nn::ParameterPtr b_ = nn::make_parameter(nn::ParameterKind::gain, {1}, 1, 1, "b");
};

int main() {
  nn::register_module<Swish>({2, 3});
  Swish layer;
  const nn::GradientCheck check = nn::check_gradients(layer, {5, 4});
  std::cout << check << '\n';

  nn::Rng rng(0);
  const nn::Dataset data = nn::four_clouds({.samples = 1000}, rng);
  nn::Sequential net{nn::Linear(2, 8), Swish(), nn::Linear(8, 1)};
  const nn::BCEWithLogitsLoss loss;
  nn::Optim optim(net, loss, 0.01, nn::Adam());
  nn::SGD(optim, data, {.batch_size = 50, .epochs = 20}, rng).check();

  const double accuracy = nn::accuracy(net, data, 0);
  nn::save_model("swish.safetensors", net);
  const nn::Model model = nn::load_model("swish.safetensors");
  const bool same = nn::equal(model.net->predict(data.x), net.predict(data.x));
  std::cout << net << "b = " << net.at<Swish>(1).b() << ", accuracy " << accuracy
            << (same ? ", loads as it was saved\n" : ", loads as another one\n");
  return check.ok() && accuracy > 0.95 && same ? 0 : 1;
}
