// The table of one instruction set: all kernels, compiled for it. common.inl says what the includer
// defines.
#include "kernels/activations.inl"
#include "kernels/depthwise.inl"
#include "kernels/elementwise.inl"
#include "kernels/gemm.inl"
#include "kernels/im2col.inl"
#include "kernels/nearest.inl"
#include "kernels/norm.inl"
#include "kernels/pieces.inl"
#include "kernels/pool.inl"
#include "kernels/random.inl"
#include "kernels/recurrent.inl"
#include "kernels/softmax.inl"
#include "kernels/taps.inl"
#include "kernels/tsne.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels {

const Table& NN_TABLE() {
  static constexpr Table table{.name = NN_ISA,
                               .multiply = multiply,
                               .multiply_pieces = multiply_pieces,
                               .multiply_taps = multiply_taps,
                               .row_by_rows = row_by_rows,
                               .exp = exp,
                               .log = log,
                               .tanh = tanh,
                               .sigmoid = sigmoid,
                               .relu = relu,
                               .tanh_backward = tanh_backward,
                               .sigmoid_backward = sigmoid_backward,
                               .relu_backward = relu_backward,
                               .gelu = gelu,
                               .gelu_tanh = gelu_tanh,
                               .silu = silu,
                               .softplus = softplus,
                               .gelu_backward = gelu_backward,
                               .gelu_tanh_backward = gelu_tanh_backward,
                               .silu_backward = silu_backward,
                               .softplus_backward = softplus_backward,
                               .bce = bce,
                               .bce_backward = bce_backward,
                               .bce_with_logits = bce_with_logits,
                               .bce_with_logits_backward = bce_with_logits_backward,
                               .bce_with_logits_forward_backward = bce_with_logits_forward_backward,
                               .axpy = axpy,
                               .adam = adam,
                               .over_root = over_root,
                               .min_max = min_max,
                               .row_sums = row_sums,
                               .softmax = softmax,
                               .softmax_backward = softmax_backward,
                               .column_dots = column_dots,
                               .normalize_columns = normalize_columns,
                               .normalize_columns_backward = normalize_columns_backward,
                               .normalize_rows = normalize_rows,
                               .normalize_rows_backward = normalize_rows_backward,
                               .dropout = dropout,
                               .add_normal = add_normal,
                               .im2col = im2col,
                               .col2im = col2im,
                               .depthwise = depthwise,
                               .depthwise_backward = depthwise_backward,
                               .depthwise_gradient = depthwise_gradient,
                               .max_pool = max_pool,
                               .max_pool_backward = max_pool_backward,
                               .lstm = lstm,
                               .lstm_backward = lstm_backward,
                               .gru = gru,
                               .gru_backward = gru_backward,
                               .squared_distance = squared_distance,
                               .quick_squared_distance = quick_squared_distance,
                               .quick_squared_distances = quick_squared_distances,
                               .centred_strip = centred_strip,
                               .two_smallest = two_smallest,
                               .root_of_smallest = root_of_smallest,
                               .lower_bounds = lower_bounds,
                               .add_to_sums = add_to_sums,
                               .tsne_repel = tsne_repel,
                               .tsne_attract = tsne_attract};
  return table;
}

}}}  // namespace nn::NN_PRECISION::kernels
