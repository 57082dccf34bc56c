"""Mistakes that are easy to make, each as an edit of one file, and the test program that should notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    name: str
    file: str
    right: str  # occurs once in the file
    wrong: str
    suite: str  # the layer whose tests are asked, "_f64" behind it for those in double


BUGS = [
    Bug("tanh's slope has the wrong sign", "lib/kernels/elementwise.inl", "mul(a, sub(set1(1), mul(b, b)))",
        "mul(a, add(set1(1), mul(b, b)))", "kernels"),
    Bug("ReLU lets a gradient through at 0", "lib/kernels/elementwise.inl", "select(less(set1(0), b), a, set1(0))",
        "select(less(b, set1(0)), set1(0), a)", "kernels"),
    Bug("the last vector of a row is stored whole", "lib/kernels/tile.inl", "const Lanes last = first_lanes(t.last);\n  Vec c[",
        "const Lanes last = first_lanes(kWidth);\n  Vec c[", "kernels"),
    Bug("beta is applied again to each part of a long sum", "lib/kernels/gemm.inl",
        "t.beta = block.step == 0 ? g.beta : Scalar{1};", "t.beta = g.beta;", "kernels"),
    Bug("the bias is added to each part of a long sum", "lib/kernels/gemm.inl",
        "t.bias = g.bias && last_steps ?", "t.bias = g.bias ?", "kernels"),
    Bug("of equal maxima the last one is taken", "lib/kernels/pool.inl", "place = select(takes, here, place);",
        "place = select(less(other, value), place, here);", "kernels"),
    Bug("a window more than fits", "lib/ops/windows.cpp", "(image.width + 2 * padding.width - size.width) / stride.width + 1",
        "(image.width + 2 * padding.width - size.width) / stride.width + 2", "ops"),
    Bug("windows laid out as columns all go to the first line's place", "lib/ops/im2col.cpp",
        "Scalar* to = columns + (l - first) * width;", "Scalar* to = columns;", "ops"),
    Bug("rows and columns of a product's operands swapped", "lib/ops/matmul.cpp",
        "return {t.data(), t.stride(0), t.stride(1)};", "return {t.data(), t.stride(1), t.stride(0)};", "ops"),
    Bug("a product writes over its own operand", "lib/ops/matmul.cpp",
        "if (may_overlap(b, c)) return run(alpha, a, b.clone(), beta, c, bias);", "", "ops"),
    Bug("softmax without the shift by its maximum", "lib/kernels/softmax.inl", "sub(get(z, j), largest)", "sub(get(z, j), set1(0))",
        "ops"),
    Bug("the bias's gradient is that of the last example", "lib/modules/linear.cpp",
        "bias_->add_column_sums(delta);", "bias_->add_column_sums(delta.slice(0, x.size(0) - 1, x.size(0)));",
        "modules_f64"),
    Bug("weights move before dL/dx is computed", "lib/modules/module.cpp",
        "Tensor dx = backward_delta(x, delta);\n  backward_update_gradient(x, delta);",
        "backward_update_gradient(x, delta);\n  Tensor dx = backward_delta(x, delta);", "train"),
    Bug("a convolution's windows overlap by one element too few", "lib/modules/conv1d.cpp",
        ".unfold(1, k_size_ * chan_in_, stride_ * chan_in_);", ".unfold(1, k_size_ * chan_in_, chan_in_);", "modules"),
    Bug("gradients are not set to 0 between steps", "lib/train/optim.cpp", "for (const ParameterPtr& p : others_) p->grad.fill(0);",
        "", "train"),
    Bug("a shared parameter is taken for a layer's own", "lib/train/optim.cpp", "in_linear && uses[parameter] == 1",
        "in_linear", "train"),
    Bug("the cost of a batch is a sum, not a mean", "lib/train/optim.cpp", "double cost = mean(costs);",
        "double cost = sum(costs);", "train"),
    Bug("Adam without its bias correction", "lib/train/adam.cpp", "static_cast<Scalar>(lr / (1 - beta1_power_))",
        "static_cast<Scalar>(lr)", "train"),
    Bug("weight decay as a penalty in AdamW", "lib/train/adam.cpp", "scal(static_cast<Scalar>(1 - lr * options_.weight_decay), parameter.value);",
        "axpy(static_cast<Scalar>(options_.weight_decay), parameter.value, parameter.grad);", "train"),
    Bug("an epoch leaves its last batch out", "lib/data/batches.cpp", "if (drop_last && end_ > batch_size_)",
        "if (end_ > batch_size_)", "train"),
    Bug("max pooling keeps the places of the forward before", "lib/ops/pool.cpp",
        "places = Tensor(plan.result());", "if (places.numel() == 0) places = Tensor(plan.result());", "ops"),
    Bug("big-endian sizes read the wrong way round", "lib/data/idx.cpp", "sizes.push_back(big_endian(bytes, 4 + 4 * i));",
        "sizes.push_back(__builtin_bswap32(static_cast<std::uint32_t>(big_endian(bytes, 4 + 4 * i))));", "data"),
    Bug("the test part of a split is also trained on", "lib/data/dataset.cpp",
        "take(data, rows.subspan(cut))", "take(data, rows)", "data"),
    Bug("a file is written in place", "lib/io/write_file.cpp",
        "if (exists && !S_ISREG(info.st_mode)) return", "if (exists) return", "io"),
    Bug("empty clusters stay empty", "lib/unsupervised/kmeans.cpp",
        "      fill_empty_clusters();\n", "", "unsupervised"),
    Bug("a transposed view forgets its sizes", "lib/core/tensor_views.cpp", "const Shape shape = shape_.swapped(dim0, dim1);",
        "const Shape shape = shape_;", "core"),
]
