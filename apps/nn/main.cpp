// nn: networks without writing C++. "nn train" makes a model of a table or of images; the other
// commands use it.

#include <csignal>
#include <iostream>
#include <stdexcept>

#include "command.hpp"
#include "common/flags.hpp"
#include "nn/core/version.hpp"

namespace {

constexpr char kHelp[] =
    R"(usage: nn COMMAND ...

  nn train data.csv --target species --model "Linear(64) ReLU" --out DIR
                                          a model of a table, or of images
  nn predict MODEL new.csv                what it predicts for new rows
  nn evaluate MODEL test.csv              how well it does
  nn info FILE                            what a file holds
  nn export MODEL --onnx out.onnx         for other programs
  nn convert MODEL OUT                    its weights as files, or new weights for it

"nn COMMAND --help" tells more.
)";

/// As one would type it.
std::string command_line(int argc, const char* const* argv) {
  std::string line = "nn";
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    const bool plain =
        word.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:") == word.npos &&
        !word.empty();
    for (std::size_t at = 0; (at = word.find('\'', at)) != word.npos; at += 4)
      word.replace(at, 1, "'\\''");
    line += plain ? " " + word : " '" + word + "'";
  }
  return line;
}

int run(int argc, const char* const* argv) {
  using namespace apps::command;
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "train") return train(argc - 1, argv + 1, command_line(argc, argv));
  if (command == "predict") return predict(argc - 1, argv + 1);
  if (command == "evaluate") return evaluate(argc - 1, argv + 1);
  if (command == "info") return info(argc - 1, argv + 1);
  if (command == "export") return export_model(argc - 1, argv + 1);
  if (command == "convert") return convert(argc - 1, argv + 1);
  if (command == "--version") {
    std::cout << "nn " << nn::version() << '\n';
    return 0;
  }
  if (command != "--help" && command != "-h")
    throw apps::UsageError(command.empty() ? "nn: no command (see nn --help)"
                                           : "nn: no command \"" + command + "\" (see nn --help)");
  std::cout << kHelp;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, reported below
  try {
    const int status = run(argc, argv);
    std::cout.flush();
    if (!std::cout) throw std::runtime_error("cannot write to standard output");
    return status;
  } catch (const apps::UsageError& error) {
    std::cerr << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "nn: " << error.what() << '\n';
    return 1;
  }
}
