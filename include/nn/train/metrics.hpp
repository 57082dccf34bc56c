#pragma once

#include "nn/data/dataset.hpp"
#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// net.predict(x), 128 rows at a time, several threads at once: the same numbers, sooner, as what
/// lies between the layers stays in the caches.
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

/// How well each class is found: (classes) each, with scikit-learn's formulas. A class that is
/// never taken has a precision of 0, one that does not occur a recall of 0.
struct ClassScores {
  Tensor precision;  // of the rows that are taken for the class, the share that is right
  Tensor recall;     // of the rows of the class, the share that is taken for it
  Tensor f1;         // 2 precision recall / (precision + recall), or 0
  Tensor support;    // rows of the class

  /// The mean of one of them over the classes: each counts the same, or by its rows.
  double macro(const Tensor& score) const;
  double weighted(const Tensor& score) const;
};
/// A row whose output holds a NaN is taken for no class. RangeError for a target that is not 0 ...
/// classes - 1; ShapeError as accuracy().
ClassScores class_scores(const Tensor& y, const Tensor& yhat, Index classes,
                         Scalar threshold = static_cast<Scalar>(0.5));

/// The share of rows whose class is among the k largest of (n, classes) outputs, the first of
/// equals before the others; a row with a NaN is wrong. ArgumentError unless k >= 1; ShapeError as
/// accuracy().
double top_k_accuracy(const Tensor& y, const Tensor& yhat, Index k);

/// The area under the receiver operating characteristic: the chance that a row of the class has a
/// larger output than a row of none, equal ones counting half. (n) or (n, 1) outputs: of class 1
/// against class 0. (n, classes): the mean over the classes, each against all others. A NaN counts
/// as the wrong order. ArgumentError if a class has no row, or all of them.
double roc_auc(const Tensor& y, const Tensor& yhat);

/// The mean of -ln p over the rows, p being the probability that an output gives the row's class,
/// from 1e-15 up: (n, classes), or (n) or (n, 1) for class 1 of two. Rows are divided by their sum,
/// as scikit-learn does. NaN if an output is; RangeError for another one outside [0, 1].
double log_loss(const Tensor& y, const Tensor& yhat);

/// The mean of |y - yhat| over all elements. y and yhat: (n) or (n, outputs).
double mean_absolute_error(const Tensor& y, const Tensor& yhat);
/// The coefficient of determination, 1 - sum (y - yhat)^2 / sum (y - mean y)^2, a mean over the
/// outputs. An output that does not vary has 1 if all is right, else 0. ShapeError for fewer than
/// two rows.
double r2_score(const Tensor& y, const Tensor& yhat);

/// The mean cost per example, each with its weight: sum of weight times cost / sum of the weights.
/// ShapeError without rows; ArgumentError if all weights are 0.
double evaluate(const Module& net, const Loss& loss, const Dataset& data);

}}  // namespace nn::NN_PRECISION
