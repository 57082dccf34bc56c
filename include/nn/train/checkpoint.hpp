#pragma once

#include <string>

#include "nn/modules/module.hpp"
#include "nn/train/optim.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Saves a network's parameters and buffers as a safetensors file, with PyTorch's names and layout:
/// a Linear's "0.weight" is (out, in), a convolution's (out, in, k...). Read into PyTorch by
/// safetensors.torch.load_file and load_state_dict; behind a Flatten of several channels the
/// columns of the next Linear stand in our order, channels last. Written whole or not at all;
/// DataError if it cannot be.
void save_parameters(const std::string& path, const Module& net);
/// Loads them, or those of a checkpoint, into a network of the same layers, to the last bit.
/// DataError, naming the path and the parameter, if one is missing, too many, of another shape, or
/// shared by two layers and not the same for both: the network is then unchanged.
void load_parameters(const std::string& path, Module& net);

/// The same with the state of the update rule and its number of steps: a training that is loaded
/// goes on, on the same batches, as if it had not stopped. The rule that loads must be the one that
/// was saved; a schedule goes on with SGDOptions::first_iteration.
void save_checkpoint(const std::string& path, const Optim& optim);
void load_checkpoint(const std::string& path, Optim& optim);

}}  // namespace nn::NN_PRECISION
