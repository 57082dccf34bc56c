// Convolutions by oneDNN's direct algorithm: in the layout that it prefers, as if all layers had
// it, and with the channels last, as ours.
#include <dnnl.hpp>
#include <memory>
#include <unordered_map>

#include "bench/conv_cases.hpp"

namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Passes = std::unordered_map<int, memory>;

constexpr auto kForward = dnnl::prop_kind::forward_training;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

class Convolution {
 public:
  Convolution(const bench::Images& images, bool channels_last)
      : images_(images), sizes_(images.sizes) {
    const Tag pixels = channels_last ? Tag::nhwc : Tag::any;
    const auto x = pixel_desc(sizes_.chan_in, pixels), y = pixel_desc(sizes_.chan_out, pixels);
    const auto w = weight_desc(Tag::any);
    const memory::dims ones{1, 1};
#if DNNL_VERSION_MAJOR >= 3
    using Forward = dnnl::convolution_forward::primitive_desc;
    using Data = dnnl::convolution_backward_data::primitive_desc;
    using Weights = dnnl::convolution_backward_weights::primitive_desc;
    const Forward forward(engine_, kForward, kDirect, x, w, y, ones, ones, ones);
    const Data data(engine_, kDirect, x, w, y, ones, ones, ones, forward);
    const Weights weights(engine_, kDirect, x, w, y, ones, ones, ones, forward);
#else
    const dnnl::convolution_forward::primitive_desc forward(
        {kForward, kDirect, x, w, y, ones, ones, ones}, engine_);
    const dnnl::convolution_backward_data::primitive_desc data({kDirect, x, w, y, ones, ones, ones},
                                                               engine_, forward);
    const dnnl::convolution_backward_weights::primitive_desc weights(
        {kDirect, x, w, y, ones, ones, ones}, engine_, forward);
#endif
    forward_ = dnnl::convolution_forward(forward);
    y_ = {{DNNL_ARG_SRC, read(images.x, x_plain(), forward.src_desc())},
          {DNNL_ARG_WEIGHTS, read(images.w, w_plain(), forward.weights_desc())},
          {DNNL_ARG_DST, memory(forward.dst_desc(), engine_)}};
    data_ = dnnl::convolution_backward_data(data);
    dx_ = {{DNNL_ARG_DIFF_DST, read(images.dy, y_plain(), data.diff_dst_desc())},
           {DNNL_ARG_WEIGHTS, read(images.w, w_plain(), data.weights_desc())},
           {DNNL_ARG_DIFF_SRC, memory(data.diff_src_desc(), engine_)}};
    weights_ = dnnl::convolution_backward_weights(weights);
    dw_ = {{DNNL_ARG_SRC, read(images.x, x_plain(), weights.src_desc())},
           {DNNL_ARG_DIFF_DST, read(images.dy, y_plain(), weights.diff_dst_desc())},
           {DNNL_ARG_DIFF_WEIGHTS, memory(weights.diff_weights_desc(), engine_)}};
  }

  void forward() { forward_.execute(stream_, y_); }
  void data() { data_.execute(stream_, dx_); }
  void weights() { weights_.execute(stream_, dw_); }
  void fetch() {
    write(y_.at(DNNL_ARG_DST), y_plain(), images_.y);
    write(dx_.at(DNNL_ARG_DIFF_SRC), x_plain(), images_.dx);
    write(dw_.at(DNNL_ARG_DIFF_WEIGHTS), w_plain(), images_.dw);
  }

 private:
  memory::desc pixel_desc(int channels, Tag tag) const {
    return {{sizes_.batch, channels, sizes_.side, sizes_.side}, memory::data_type::f32, tag};
  }
  memory::desc weight_desc(Tag tag) const {
    return {{sizes_.chan_out, sizes_.chan_in, 3, 3}, memory::data_type::f32, tag};
  }
  memory::desc x_plain() const { return pixel_desc(sizes_.chan_in, Tag::nhwc); }
  memory::desc y_plain() const { return pixel_desc(sizes_.chan_out, Tag::nhwc); }
  memory::desc w_plain() const { return weight_desc(Tag::hwio); }

  /// The numbers in the layout of `to`.
  memory read(const bench::Array<float>& numbers, const memory::desc& plain,
              const memory::desc& to) {
    memory from(plain, engine_, numbers.data()), result(to, engine_);
    dnnl::reorder(from, result).execute(stream_, from, result);
    return result;
  }
  void write(memory from, const memory::desc& plain, const bench::Array<float>& numbers) {
    memory result(plain, engine_, numbers.data());
    dnnl::reorder(from, result).execute(stream_, from, result);
  }

  const bench::Images& images_;
  bench::ConvCase sizes_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  dnnl::convolution_forward forward_;
  dnnl::convolution_backward_data data_;
  dnnl::convolution_backward_weights weights_;
  Passes y_, dx_, dw_;
};

void measure(bool channels_last) {
  bench::measure_convolutions([=](const bench::Images& images) {
    auto conv = std::make_shared<Convolution>(images, channels_last);
    return bench::ConvCalls{[=] { conv->forward(); }, [=] { conv->data(); },
                            [=] { conv->weights(); }, [=] { conv->fetch(); }};
  });
}

}  // namespace

int main() {
  const std::string version = "onednn " + std::to_string(dnnl_version()->major) + "." +
                              std::to_string(dnnl_version()->minor);
  bench::peer = version + " blocked";
  measure(false);
  bench::peer = version + " channels last";
  measure(true);
}
