#pragma once

#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

/// Convolution's products with the windows read where they lie in the images, channels together.
/// Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Whether direct() and the gradients' functions can be used and pay, for x of this shape and
/// `chan_out` outputs.
bool is_direct(const Windows& windows, Index groups, const Shape& x, Index chan_out);
/// Whether direct_backward() can be used and pays.
bool is_direct_backward(const Windows& windows, Index groups, const Shape& x, Index chan_out);

/// How many numbers of a window lie together in the images.
Index piece_length(const Windows& windows, Index groups, Index chan_in);

/// Images to convolve, with windows of which `width` are in a line. They get `padding`, a part of
/// the windows' padding, while they are used, a few lines at a time. Where lines of 512 windows are
/// less than twice a window high, too much would be copied twice: then all at once.
struct DirectImages {
  DirectImages(const Tensor& images, const Windows& windows, const Size2& padding, Index width);
  /// Of an image with its padding.
  Index height() const { return x.size(1) + 2 * missing.height; }

  Tensor x;
  Size2 missing;    // padding that x has not got yet
  Windows windows;  // with the padding that x does not get
};

/// z = windows of x times W (window, chan_out) + bias, without the products with padding, unless a
/// window may be padding alone. bias may be null.
void direct(const Tensor& x, const Tensor& w, const Tensor* bias, const Windows& windows,
            Index groups, Tensor& z);
/// dL/dx, without padding; the windows have theirs. delta: dL/dz.
void direct_backward(const Tensor& delta, const Tensor& w, const Windows& windows, Index groups,
                     Tensor& dx);

// Two ways to dL/dW by lines [begin, end) of windows, which have at most 512 windows or are one
// line, where is_direct() says so. Where neither pays, the windows are laid out.

/// Whether direct_gradient_by_pixels() can be used and pays for lines of `width` windows. Either
/// these lie one pixel apart, or there is padding to leave out. A group has enough channels, which
/// are the rows of its tiles, that these do not wait for each other's sums.
bool is_gradient_by_pixels(const Windows& windows, Index groups, Index chan_in, Index width);
/// dw = dL/dW, one line of the kernel after the other. Products with padding, which are 0, are left
/// out. x and delta are contiguous.
void direct_gradient_by_pixels(const Tensor& x, const Tensor& delta, const Windows& windows,
                               Index groups, Index begin, Index end, Tensor& dw);

/// Whether direct_gradient_by_lines() pays: its rows are the numbers of a window that lie together,
/// or several lines of three.
bool is_gradient_by_lines(const Windows& windows, Index groups, Index chan_in);
/// dw = dL/dW, one line of the windows after the other. The images get all of their padding.
void direct_gradient_by_lines(const DirectImages& images, const Tensor& delta, Index groups,
                              Index begin, Index end, Tensor& dw);

}}}  // namespace nn::NN_PRECISION::detail
