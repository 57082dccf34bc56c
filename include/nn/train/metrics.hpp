#pragma once

#include "nn/data/dataset.hpp"
#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// net.predict(x), 256 rows at a time: the same numbers, and what lies between the layers stays in
/// the caches.
Tensor predict(const Module& net, const Tensor& x);

/// (n) class indices from outputs: the first largest of (n, classes); for (n, 1) or (n), 1 where
/// the output is above the threshold, else 0. NaN for a row that holds a NaN: it has no class.
///
/// The threshold matters for one column only, here and below. 0.5 is for outputs that mean
/// probabilities, or that learned targets 0 and 1 (Sigmoid, BCELoss, MSELoss). Give 0 for logits
/// (BCEWithLogitsLoss) and for outputs that learned targets -1 and 1 (HingeLoss, TanH).
/// ArgumentError if it is NaN.
Tensor classify(const Tensor& yhat, Scalar threshold = static_cast<Scalar>(0.5));

/// (n) class indices from targets: one-hot rows (n, classes), or (n) or (n, 1) indices, in which -1
/// counts as class 0. NaN for a row that holds a NaN.
Tensor class_indices(const Tensor& y);

/// The share of rows whose class is right, in [0, 1]; a class that the outputs do not have never
/// is, nor is a row with a NaN in target or output. ShapeError without rows, and for targets of
/// other rows or classes than the outputs, of which (n) and (n, 1) have two. Weights are not looked
/// at.
double accuracy(const Tensor& y, const Tensor& yhat, Scalar threshold = static_cast<Scalar>(0.5));
double accuracy(const Module& net, const Dataset& data,
                Scalar threshold = static_cast<Scalar>(0.5));

/// (classes, classes): how often class i (row) was taken for class j (column). RangeError for a
/// class that is not 0 ... classes - 1, and for a row with a NaN in target or output.
Tensor confusion_matrix(const Tensor& y, const Tensor& yhat, Index classes,
                        Scalar threshold = static_cast<Scalar>(0.5));

/// The mean cost per example, each with its weight: sum of weight times cost / sum of the weights.
/// ShapeError without rows; ArgumentError if all weights are 0.
double evaluate(const Module& net, const Loss& loss, const Dataset& data);

}}  // namespace nn::NN_PRECISION
