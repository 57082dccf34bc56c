#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/experiment.hpp"
#include "nn/data/split.hpp"
#include "nn/modules/auto_encoder.hpp"

namespace apps {

/// The report's auto-encoder: Linear and TanH from widths[0] down to the code, widths.back(), and
/// the same sizes back up, with a Sigmoid at the end.
nn::AutoEncoder autoencoder(const std::vector<nn::Index>& widths);
/// "256-128-64".
std::string widths_name(const std::vector<nn::Index>& widths);

/// Images in [-1, 1] moved to [0, 1], as cross-entropy wants them.
nn::Split unit_images(const nn::Split& images);

/// Of copies (n, pixels) against images in [0, 1]: binary cross-entropy and squared error, per
/// pixel, and the peak signal-to-noise ratio 10 log10(1 / MSE).
double bce_per_pixel(const nn::Tensor& images, const nn::Tensor& copies);
double mse_per_pixel(const nn::Tensor& images, const nn::Tensor& copies);
double psnr(const nn::Tensor& images, const nn::Tensor& copies);

/// Trains from PyTorch's start by Adam from 1e-3 down a half cosine, in batches of 50, under binary
/// cross-entropy; data.y are the images that the net is to give for data.x. Writes the loss to
/// history.csv; calls `after_epoch`, which may change data.x, after each epoch.
void train_autoencoder(Run& run, const Name& setting, nn::AutoEncoder& net, const nn::Dataset& data,
                       nn::Index epochs, const std::function<void()>& after_epoch = {});

/// Trains a network of digits from PyTorch's start by Adam at 2e-3, in batches of 100, under
/// cross-entropy.
void train_classifier(Run& run, nn::Sequential& net, const nn::Dataset& data);

/// The first two images of each digit, the same examples each time, as images.csv: id, setting,
/// kind, example, label, p0 ... p255.
void write_images(Run& run, const Name& setting, const std::string& kind, const nn::Tensor& images,
                  const nn::Tensor& labels);

}  // namespace apps
