#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What LSTM, GRU and RNN share: a layer that reads a sequence step by step and keeps a state h.
/// In step t it has two sums, from which its cells make the next state:
///
///     a_t = x_t W_ih + b_ih        u_t = h_{t-1} W_hh + b_hh
///
/// x: (batch, time, in), time at least 1; h_0 = 0. z: all states h_1, h_2, ..., (batch, time,
/// hidden); with sequence = false the last one alone, (batch, hidden). W_ih: (in, gates hidden),
/// W_hh: (hidden, gates hidden), b_ih and b_hh: (gates hidden), the gates side by side. The
/// parameters have the names and, in files, the layout of PyTorch's layers: weight_ih_l0,
/// weight_hh_l0, bias_ih_l0, bias_hh_l0. Sequential stacks layers.
///
/// Starts from PyTorch's default, U(-1, 1) / sqrt(hidden): initialisers take `hidden` for both fans
/// of each parameter. Layers of one kind and of the same sizes start equal until initialize() draws
/// them. Throws ShapeError unless in, hidden >= 1.
class Recurrent : public Module {
 public:
  /// What goes from step to step, (batch, hidden) each. Tensor() stands for zeros.
  struct State {
    Tensor h, c;  // c: of an LSTM alone
  };

  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  /// The same from a state, which becomes that after the last step. A long sequence may so be read
  /// in parts. ShapeError if the state is not for x's batch.
  Tensor predict(const Tensor& x, State& state) const;
  /// One step: x (batch, in), the result and the new state.h (batch, hidden). The bits are those of
  /// predict() on the whole sequence. apps/examples/blocks.cpp does so in a program for audio.
  ///
  ///     nn::LSTM::State state;  // zeros
  ///     for (const nn::Tensor& x : arriving) use(lstm.step(x, state));
  Tensor step(const Tensor& x, State& state) const;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Tensor backward(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  Options options() const override;

  /// What the constructor was given.
  Index in() const { return in_; }
  Index hidden() const { return hidden_; }
  bool sequence() const { return sequence_; }
  /// W_ih, W_hh, b_ih and b_hh.
  const ParameterPtr& weight_ih() const { return weight_ih_; }
  const ParameterPtr& weight_hh() const { return weight_hh_; }
  const ParameterPtr& bias_ih() const { return bias_ih_; }
  const ParameterPtr& bias_hh() const { return bias_hh_; }

 protected:
  /// What the cells of a kind need.
  struct Cells {
    Index gates;
    bool have_c;  // a second state
    bool keep_u;  // u apart from a
  };
  /// One step of some rows of the batch: where their numbers begin, row after row.
  struct Step {
    Index rows;
    const Scalar *h_before, *c_before;
    Scalar* a;  // given a_t, becomes the gates
    Scalar* u;
    Scalar *h, *c;
  };
  /// The gradients that belong to it. dc is given dL/dc_t and becomes dL/dc_{t-1}.
  struct StepDeltas {
    const Scalar* dh;
    Scalar *dc, *da, *du;
    Scalar* dh_before;
  };

  Recurrent(const std::string& kind, Index in, Index hidden, bool sequence, const Cells& cells);
  /// Computes h and c; overwrites a with the gates, for backward.
  virtual void step_forward(const Step& step) const = 0;
  /// da, dc and, if u is kept, du; adds to dh_before what does not go through u.
  virtual void step_backward(const Step& step, const StepDeltas& deltas) const = 0;
  /// to = h W_hh + b_hh + beta to.
  void multiply_h(Index rows, const Scalar* h, Scalar beta, Scalar* to) const;

 private:
  /// A batch in all steps, row t batch + b for example b in step t. h and c begin with the state
  /// before the first step.
  struct Steps {
    Index batch = 0, time = 0;
    Tensor x, a, u, h, c;
  };
  /// dL/da and dL/du, the same rows; one tensor where u is not kept.
  struct Deltas {
    Tensor da, du;
  };

  Index width() const { return cells_.gates * hidden_; }
  Index grain(Index time) const;
  Tensor start(const Tensor& given, Index batch, Index columns) const;
  Steps run(const Tensor& x, const State& from) const;
  Step at(Steps& steps, Index row, Index rows) const;
  Tensor output(const Steps& steps) const;
  Deltas deltas(const Tensor& x, const Tensor& delta);
  Tensor input_delta(const Deltas& deltas) const;
  void add_gradients(const Deltas& deltas);

  Index in_, hidden_;
  bool sequence_;
  Cells cells_;
  ParameterPtr weight_ih_, weight_hh_, bias_ih_, bias_hh_;
  Tensor x_;
  Steps steps_;
};

}}  // namespace nn::NN_PRECISION
