// One step of the cells of LSTM and GRU: rows of `hidden` units, whose gates lie side by side. Each
// unit is computed alone.
#pragma once

#include "kernels/math.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

NN_VECTOR_FUNCTION Vec sigmoid_slope(Vec y) { return mul(y, sub(set1(1), y)); }
NN_VECTOR_FUNCTION Vec tanh_slope(Vec y) { return fnma(y, y, set1(1)); }

/// One vector of units; of the last one of a row, with kEnd, some lanes.
template <bool kEnd>
NN_VECTOR_FUNCTION void lstm_units(Index hidden, Lanes last, Scalar* gates, const Scalar* c_before,
                                   Scalar* c, Scalar* h) {
  Scalar *at_f = gates + hidden, *at_g = at_f + hidden, *at_o = at_g + hidden;
  const Vec i = sigmoid(load_end<kEnd>(gates, true, last));
  const Vec f = sigmoid(load_end<kEnd>(at_f, true, last));
  const Vec g = tanh(load_end<kEnd>(at_g, true, last));
  const Vec o = sigmoid(load_end<kEnd>(at_o, true, last));
  const Vec value = fma(f, load_end<kEnd>(c_before, true, last), mul(i, g));
  store_end<kEnd>(gates, i, true, last);
  store_end<kEnd>(at_f, f, true, last);
  store_end<kEnd>(at_g, g, true, last);
  store_end<kEnd>(at_o, o, true, last);
  store_end<kEnd>(c, value, true, last);
  store_end<kEnd>(h, mul(o, tanh(value)), true, last);
}

NN_TARGET void lstm(Index rows, Index hidden, Scalar* gates, const Scalar* c_before, Scalar* c,
                    Scalar* h) {
  const Index whole = hidden / kWidth * kWidth;
  const Lanes last = first_lanes(static_cast<int>(hidden - whole));
  for (Index row = 0; row < rows; ++row) {
    Index j = 0;
    for (; j < whole; j += kWidth)
      lstm_units<false>(hidden, last, gates + j, c_before + j, c + j, h + j);
    if (j < hidden) lstm_units<true>(hidden, last, gates + j, c_before + j, c + j, h + j);
    gates += 4 * hidden, c_before += hidden, c += hidden, h += hidden;
  }
}

template <bool kEnd>
NN_VECTOR_FUNCTION void lstm_units_backward(Index hidden, Lanes last, const Scalar* gates,
                                            const Scalar* c_before, const Scalar* c,
                                            const Scalar* dh, Scalar* dc, Scalar* da) {
  const Vec i = load_end<kEnd>(gates, true, last);
  const Vec f = load_end<kEnd>(gates + hidden, true, last);
  const Vec g = load_end<kEnd>(gates + 2 * hidden, true, last);
  const Vec o = load_end<kEnd>(gates + 3 * hidden, true, last);
  const Vec d = load_end<kEnd>(dh, true, last), t = tanh(load_end<kEnd>(c, true, last));
  const Vec d_c = fma(mul(d, o), tanh_slope(t), load_end<kEnd>(dc, true, last));
  const Vec d_f = mul(d_c, load_end<kEnd>(c_before, true, last));
  store_end<kEnd>(da, mul(mul(d_c, g), sigmoid_slope(i)), true, last);
  store_end<kEnd>(da + hidden, mul(d_f, sigmoid_slope(f)), true, last);
  store_end<kEnd>(da + 2 * hidden, mul(mul(d_c, i), tanh_slope(g)), true, last);
  store_end<kEnd>(da + 3 * hidden, mul(mul(d, t), sigmoid_slope(o)), true, last);
  store_end<kEnd>(dc, mul(d_c, f), true, last);
}

NN_TARGET void lstm_backward(Index rows, Index hidden, const Scalar* gates, const Scalar* c_before,
                             const Scalar* c, const Scalar* dh, Scalar* dc, Scalar* da) {
  const Index whole = hidden / kWidth * kWidth;
  const Lanes last = first_lanes(static_cast<int>(hidden - whole));
  for (Index row = 0; row < rows; ++row) {
    Index j = 0;
    for (; j < whole; j += kWidth)
      lstm_units_backward<false>(hidden, last, gates + j, c_before + j, c + j, dh + j, dc + j,
                                 da + j);
    if (j < hidden)
      lstm_units_backward<true>(hidden, last, gates + j, c_before + j, c + j, dh + j, dc + j,
                                da + j);
    gates += 4 * hidden, da += 4 * hidden;
    c_before += hidden, c += hidden, dh += hidden, dc += hidden;
  }
}

template <bool kEnd>
NN_VECTOR_FUNCTION void gru_units(Index hidden, Lanes last, Scalar* gates, const Scalar* u,
                                  const Scalar* h_before, Scalar* h) {
  Scalar *at_z = gates + hidden, *at_n = at_z + hidden;
  const Vec u_r = load_end<kEnd>(u, true, last), u_z = load_end<kEnd>(u + hidden, true, last),
            u_n = load_end<kEnd>(u + 2 * hidden, true, last);
  const Vec r = sigmoid(add(load_end<kEnd>(gates, true, last), u_r));
  const Vec z = sigmoid(add(load_end<kEnd>(at_z, true, last), u_z));
  const Vec n = tanh(fma(r, u_n, load_end<kEnd>(at_n, true, last)));
  store_end<kEnd>(gates, r, true, last);
  store_end<kEnd>(at_z, z, true, last);
  store_end<kEnd>(at_n, n, true, last);
  store_end<kEnd>(h, fma(z, sub(load_end<kEnd>(h_before, true, last), n), n), true, last);
}

NN_TARGET void gru(Index rows, Index hidden, Scalar* gates, const Scalar* u, const Scalar* h_before,
                   Scalar* h) {
  const Index whole = hidden / kWidth * kWidth;
  const Lanes last = first_lanes(static_cast<int>(hidden - whole));
  for (Index row = 0; row < rows; ++row) {
    Index j = 0;
    for (; j < whole; j += kWidth)
      gru_units<false>(hidden, last, gates + j, u + j, h_before + j, h + j);
    if (j < hidden) gru_units<true>(hidden, last, gates + j, u + j, h_before + j, h + j);
    gates += 3 * hidden, u += 3 * hidden, h_before += hidden, h += hidden;
  }
}

template <bool kEnd>
NN_VECTOR_FUNCTION void gru_units_backward(Index hidden, Lanes last, const Scalar* gates,
                                           const Scalar* u, const Scalar* h_before,
                                           const Scalar* dh, Scalar* da, Scalar* du,
                                           Scalar* dh_before) {
  const Vec r = load_end<kEnd>(gates, true, last), z = load_end<kEnd>(gates + hidden, true, last);
  const Vec n = load_end<kEnd>(gates + 2 * hidden, true, last);
  const Vec u_n = load_end<kEnd>(u + 2 * hidden, true, last), d = load_end<kEnd>(dh, true, last);
  const Vec change = sub(load_end<kEnd>(h_before, true, last), n);
  const Vec d_n = mul(mul(d, sub(set1(1), z)), tanh_slope(n));
  const Vec d_z = mul(mul(d, change), sigmoid_slope(z));
  const Vec d_r = mul(mul(d_n, u_n), sigmoid_slope(r));
  store_end<kEnd>(da, d_r, true, last);
  store_end<kEnd>(da + hidden, d_z, true, last);
  store_end<kEnd>(da + 2 * hidden, d_n, true, last);
  store_end<kEnd>(du, d_r, true, last);
  store_end<kEnd>(du + hidden, d_z, true, last);
  store_end<kEnd>(du + 2 * hidden, mul(d_n, r), true, last);
  store_end<kEnd>(dh_before, fma(d, z, load_end<kEnd>(dh_before, true, last)), true, last);
}

NN_TARGET void gru_backward(Index rows, Index hidden, const Scalar* gates, const Scalar* u,
                            const Scalar* h_before, const Scalar* dh, Scalar* da, Scalar* du,
                            Scalar* dh_before) {
  const Index whole = hidden / kWidth * kWidth;
  const Lanes last = first_lanes(static_cast<int>(hidden - whole));
  for (Index row = 0; row < rows; ++row) {
    Index j = 0;
    for (; j < whole; j += kWidth)
      gru_units_backward<false>(hidden, last, gates + j, u + j, h_before + j, dh + j, da + j,
                                du + j, dh_before + j);
    if (j < hidden)
      gru_units_backward<true>(hidden, last, gates + j, u + j, h_before + j, dh + j, da + j, du + j,
                               dh_before + j);
    gates += 3 * hidden, u += 3 * hidden, da += 3 * hidden, du += 3 * hidden;
    h_before += hidden, dh += hidden, dh_before += hidden;
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
