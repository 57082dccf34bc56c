#pragma once

#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

/// Convolution's products with the windows read where they lie in the images, channels together,
/// for groups of more than a few channels. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Whether these can be used and pay, for x of this shape and `chan_out` outputs.
bool is_direct(const Windows& windows, Index groups, const Shape& x, Index chan_out);

/// The part of the windows' padding that direct() needs in x. The rest adds nothing.
Size2 direct_padding(const Windows& windows);
/// z for x, which has that part, with W (window, chan_out); the windows have the rest. bias may be
/// null.
void direct(const Tensor& x, const Tensor& w, const Tensor* bias, const Windows& windows,
            Index groups, Tensor& z);
/// dx by delta, without padding, which the windows have.
void direct_backward(const Tensor& delta, const Tensor& w, const Windows& windows, Index groups,
                     Tensor& dx);
/// dw, the gradient of W, by lines [begin, end) of windows on x, which has its padding.
void direct_gradient(const Tensor& x, const Tensor& delta, const Windows& windows, Index groups,
                     Index begin, Index end, Tensor& dw);

}}}  // namespace nn::NN_PRECISION::detail
