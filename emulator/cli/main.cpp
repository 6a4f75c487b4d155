#include "cli/app.hpp"

int main(int argc, char** argv) {
  vme::cli::Cli cli;
  return static_cast<int>(cli.run({argv + 1, argv + argc}));
}
