#include "cli/shown_command.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace vme::cli {
namespace {

constexpr std::string_view kRemoved = "(removed)";
constexpr std::array<std::string_view, 6> kSecret{"password", "secret", "otp", "psk", "pps", "provisioned"};
constexpr std::string_view kPublicOption = "--psk-out";  // names a file

bool isSecret(std::string_view name) {
  std::string lower(name);
  for (auto& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::ranges::any_of(kSecret, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// `--option=value`, `key=value`: the value goes when the name says so.
std::string shown(const std::string& argument) {
  const auto equals = argument.rfind('=');
  if (equals == std::string::npos || !isSecret(argument.substr(0, equals))) return argument;
  return argument.substr(0, argument.find('=') + 1) + std::string(kRemoved);
}

}  // namespace

std::vector<std::string> shownCommand(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  bool removeNext = false;
  for (const auto& argument : arguments) {
    if (removeNext && !argument.starts_with("--")) {
      out.emplace_back(kRemoved);
    } else {
      out.push_back(argument.starts_with(kPublicOption) ? argument : shown(argument));
    }
    removeNext = argument.starts_with("--") && argument.find('=') == std::string::npos &&
                 !argument.starts_with(kPublicOption) && isSecret(argument);
  }
  return out;
}

}  // namespace vme::cli
