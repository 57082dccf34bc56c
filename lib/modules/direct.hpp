#pragma once

#include <algorithm>

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

/// The part of the windows' padding that direct() needs in x. The rest adds nothing.
Size2 direct_padding(const Windows& windows, const Shape& x);

/// Along one side, of `count` elements `stride` apart, the first at `start`: those that are among
/// `size` pixels, [first, last).
struct Side {
  Side(Index start_, Index count, Index stride_, Index size)
      : start(start_),
        stride(stride_),
        first(start < 0 ? (-start + stride - 1) / stride : 0),
        last(start < size ? std::min(count, (size - 1 - start) / stride + 1) : 0) {}
  Index pixel(Index i) const { return start + i * stride; }
  bool has(Index i) const { return first <= i && i < last; }

  Index start, stride, first, last;
};

/// Windows along one side of images: of `size` elements, on `pixels` pixels.
struct WindowSide {
  /// The elements of window p.
  Side elements(Index p) const { return {p * stride - padding, size, dilation, pixels}; }
  /// The windows up to this one, but for the first ones, have all elements on the image.
  Index whole_until() const { return (pixels + padding - dilation * (size - 1) - 1) / stride + 1; }

  Index size, stride, padding, dilation, pixels;
};

/// Images to convolve, with windows of which `width` are in a line. They get `padding`, a part of
/// the windows' padding, while they are used, a few lines at a time. Where lines of 512 windows are
/// less than twice a window high, too much would be copied twice: then all at once.
struct DirectImages {
  DirectImages(const Tensor& images, const Windows& windows, const Size2& padding, Index width);
  /// Of an image with its padding.
  Index height() const { return x.size(1) + 2 * missing.height; }
  WindowSide rows() const;
  WindowSide columns() const;

  Tensor x;
  Size2 missing;    // padding that x has not got yet
  Windows windows;  // with the padding that x does not get
};

/// z with W (window, chan_out). bias may be null.
void direct(const DirectImages& images, const Tensor& w, const Tensor* bias, Index groups,
            Tensor& z);
/// dL/dx, without padding; the windows have theirs. delta: dL/dz.
void direct_backward(const Tensor& delta, const Tensor& w, const Windows& windows, Index groups,
                     Tensor& dx);

// Two ways to dL/dW by lines [begin, end) of windows, which have at most 512 windows or are one
// line, where is_direct() says so. Where neither pays, the windows are laid out.

/// Whether direct_gradient_by_pixels() can be used and pays: there is padding to leave out, and the
/// channels of a pixel, the rows of its tiles, are not so few that they wait for each other's sums.
bool is_gradient_by_pixels(const Windows& windows, Index groups, Index chan_in);
/// dw = dL/dW, one pixel of the windows after the other. Products with padding, which are 0, are
/// left out. x and delta are contiguous.
void direct_gradient_by_pixels(const Tensor& x, const Tensor& delta, const Windows& windows,
                               Index groups, Index begin, Index end, Tensor& dw);

/// Whether direct_gradient_by_lines() pays: its rows are the numbers of a window that lie together,
/// or several lines of three.
bool is_gradient_by_lines(const Windows& windows, Index groups, Index chan_in);
/// dw = dL/dW, one line of the windows after the other. The images get all of their padding.
void direct_gradient_by_lines(const DirectImages& images, const Tensor& delta, Index groups,
                              Index begin, Index end, Tensor& dw);

}}}  // namespace nn::NN_PRECISION::detail
