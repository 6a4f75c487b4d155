#pragma once
// How help looks: `vme --help` on one screen of 80x24, a command's help with its options and two examples.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace vme::cli {

class HelpFormatter final : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;

 private:
  std::string overview(const CLI::App* app) const;
  std::string details(const CLI::App* app) const;
};

/// The options that help shows, `--help` apart: either the positional ones or the others.
std::vector<const CLI::Option*> shownOptions(const CLI::App* app, bool positional);

/// The text broken at spaces to lines of at most `width`, each but the first indented by `indent`.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width);

}  // namespace vme::cli
