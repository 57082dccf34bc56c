#pragma once

#include <string>
#include <vector>

#include "nn/data/dataset.hpp"
#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"
#include "nn/train/optim.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Looks for what a training accepts and is wrong all the same. Each warning is a sentence that
/// says what was seen and what probably mends it; none for a sound setting:
///
///     for (const std::string& warning : nn::diagnose(optim, train, validation))
///       std::cerr << "warning: " << warning << '\n';
///
/// - Softmax or Sigmoid before a loss that takes what comes before them; other outputs than
///   probabilities before a loss that takes probabilities.
/// - Inputs far from 0 and 1: a root mean square above 10 in a column of (n, features), or below
///   0.01 in all; of other shapes, over all numbers. Not if an Embedding or a normalisation comes
///   first.
/// - Columns of (n, features) with one value; classes that never occur in the training part.
/// - Rows of the validation part that the training part has too, by more than a tenth and twice the
///   share of rows that repeat within the training part.
///
/// An empty validation part is none. Warnings name the columns of x by `columns`, such as
/// Pipeline::features(), or else by number. ArgumentError without training rows, or for another
/// number of names than of columns; ShapeError for rows that the network does not take. Nothing is
/// changed.
std::vector<std::string> diagnose(const Module& net, const Loss& loss, const Dataset& train,
                                  const Dataset& validation = {},
                                  const std::vector<std::string>& columns = {});
/// The same, and whether the cost of a batch rises tenfold within ten steps on it, as it does if
/// the step size is too large. Parameters, buffers and the rule are put back afterwards; gradients
/// are not. Throws what Optim::step() throws, too.
std::vector<std::string> diagnose(Optim& optim, const Dataset& train,
                                  const Dataset& validation = {}, Index batch_size = 32,
                                  const std::vector<std::string>& columns = {});

}}  // namespace nn::NN_PRECISION
