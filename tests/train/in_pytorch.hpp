#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "nn/core/error.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/modules/kinds.hpp"
#include "nn/modules/options.hpp"

/// A network's twin in PyTorch, computed by plain loops from the numbers of a file.
namespace nn::test {

/// A batch as PyTorch has it: (batch, channels, height, width); rows have a height and width of 1.
struct Planes {
  Index batch, channels, height, width;
  std::vector<double> numbers =
      std::vector<double>(static_cast<std::size_t>(batch * channels * height * width));
  double& operator()(Index n, Index c, Index i, Index j) {
    return numbers[static_cast<std::size_t>(((n * channels + c) * height + i) * width + j)];
  }
};

/// f(n, c, i, j) for each number.
template <class F>
void for_each(const Planes& p, F f) {
  for (Index n = 0; n < p.batch; ++n)
    for (Index c = 0; c < p.channels; ++c)
      for (Index i = 0; i < p.height; ++i)
        for (Index j = 0; j < p.width; ++j) f(n, c, i, j);
}

/// From (batch, height, width, channels) or (batch, length, channels).
inline Planes to_planes(const Tensor& x) {
  const bool is_image = x.rank() == 4;
  Planes p{x.size(0), x.size(x.rank() - 1), is_image ? x.size(1) : 1, x.size(is_image ? 2 : 1)};
  Tensor images = x.reshape({p.batch, p.height, p.width, p.channels});
  for_each(p, [&](Index n, Index c, Index i, Index j) { p(n, c, i, j) = images(n, i, j, c); });
  return p;
}

/// PyTorch's conv2d (or conv1d), for a weight (out, in / groups, k...).
inline Planes convolved(Planes x, const TensorFile& file, const std::string& name, Size2 stride,
                        Index groups) {
  Tensor w = file.at(name + "weight"), b = file.at(name + "bias");
  if (w.rank() == 3) w = w.reshape({w.size(0), w.size(1), 1, w.size(2)});
  const Index part = w.size(1), outputs = w.size(0) / groups;
  Planes z{x.batch, w.size(0), (x.height - w.size(2)) / stride.height + 1,
           (x.width - w.size(3)) / stride.width + 1};
  for_each(z, [&](Index n, Index o, Index i, Index j) {
    z(n, o, i, j) = b(o);
    for (Index c = 0; c < part; ++c)
      for (Index s = 0; s < w.size(2); ++s)
        for (Index t = 0; t < w.size(3); ++t)
          z(n, o, i, j) +=
              x(n, o / outputs * part + c, i * stride.height + s, j * stride.width + t) *
              w(o, c, s, t);
  });
  return z;
}

/// PyTorch's conv_transpose2d, for a weight (in, out / groups, k...).
inline Planes transposed(Planes x, const TensorFile& file, const std::string& name, Size2 stride,
                         Index groups) {
  const Tensor w = file.at(name + "weight"), b = file.at(name + "bias");
  const Index part = x.channels / groups, outputs = w.size(1);
  Planes z{x.batch, outputs * groups, (x.height - 1) * stride.height + w.size(2),
           (x.width - 1) * stride.width + w.size(3)};
  for_each(z, [&](Index n, Index o, Index i, Index j) { z(n, o, i, j) = b(o); });
  for_each(x, [&](Index n, Index c, Index i, Index j) {
    for (Index o = 0; o < outputs; ++o)
      for (Index s = 0; s < w.size(2); ++s)
        for (Index t = 0; t < w.size(3); ++t)
          z(n, c / part * outputs + o, i * stride.height + s, j * stride.width + t) +=
              x(n, c, i, j) * w(c, o, s, t);
  });
  return z;
}

/// The largest of each window, or their mean.
inline Planes pooled(Planes x, Size2 size, bool is_max) {
  Planes z{x.batch, x.channels, x.height / size.height, x.width / size.width};
  for_each(z, [&](Index n, Index c, Index i, Index j) {
    double largest = -1e300, total = 0;
    for (Index s = 0; s < size.height; ++s)
      for (Index t = 0; t < size.width; ++t) {
        const double v = x(n, c, i * size.height + s, j * size.width + t);
        largest = std::max(largest, v);
        total += v;
      }
    z(n, c, i, j) = is_max ? largest : total / static_cast<double>(size.height * size.width);
  });
  return z;
}

inline Planes multiplied(Planes x, const TensorFile& file, const std::string& name, bool bias) {
  const Tensor w = file.at(name + "weight");
  Planes z{x.batch, w.size(0), 1, 1};
  for_each(z, [&](Index n, Index o, Index, Index) {
    z(n, o, 0, 0) = bias ? file.at(name + "bias")(o) : Scalar{0};
    for (Index k = 0; k < w.size(1); ++k) z(n, o, 0, 0) += x(n, k, 0, 0) * w(o, k);
  });
  return z;
}

/// What PyTorch computes for the layer of that name; an unknown class counts as the identity.
inline Planes in_pytorch(Module& module, const std::string& name, const TensorFile& file,
                         Planes x) {
  const std::string kind = module.kind();
  const Options options = module.options();
  const Index groups = options.get("groups", Index{1});
  if (kind == "Conv1D")
    return convolved(x, file, name, Size2(1, options.get<Index>("stride", Index{1})), groups);
  if (kind == "Conv2D") return convolved(x, file, name, options.get("stride", Size2(1)), groups);
  if (kind == "ConvTranspose2D")
    return transposed(x, file, name, options.get("stride", Size2(1)), groups);
  if (kind == "MaxPool1D") return pooled(x, Size2(1, options.get<Index>("k_size")), true);
  if (kind == "MaxPool2D") return pooled(x, options.get<Size2>("k_size"), true);
  if (kind == "AvgPool2D") return pooled(x, options.get<Size2>("k_size"), false);
  if (kind == "Linear") return multiplied(x, file, name, options.get("bias", true));
  if (kind == "ReLU")
    for (double& v : x.numbers) v = std::max(v, 0.0);
  if (kind == "Flatten") return {x.batch, x.channels * x.height * x.width, 1, 1, x.numbers};
  if (kind == "Reshape") {  // of rows to images of one channel
    const Shape shape = options.get<Shape>("shape");
    return {x.batch, 1, shape.rank() == 3 ? shape[0] : 1, shape[shape.rank() - 2], x.numbers};
  }
  struct Parts final : Visitor {
    std::function<void(const std::string&, Module&)> next;
    void parameter(ParameterPtr&) override {}
    void buffer(std::string_view, Tensor&) override {}
    void part(std::string_view part, Module& module) override { next(std::string(part), module); }
  } parts;
  parts.next = [&](const std::string& part, Module& inner) {
    x = in_pytorch(inner, name + part + ".", file, x);
  };
  module.visit(parts);
  return x;
}

}  // namespace nn::test
