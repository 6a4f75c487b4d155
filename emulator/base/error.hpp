#pragma once
// Two kinds of errors. A Result's Error is a value: what a peer sent, or what became of a connection. A ConfigError is
// thrown for what the user must mend before anything starts, and ends the program with status 2.

#include <expected>
#include <stdexcept>
#include <string>

namespace vme {

struct Error {
  std::string place;  // file:line:column, an option, an address, an offset; may be empty
  std::string text;   // what is wrong; and what to do, where there is something to do

  std::string message() const { return place.empty() ? text : place + ": " + text; }
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(std::string place, std::string text) {
  return std::unexpected(Error{std::move(place), std::move(text)});
}

/// `place: what is wrong. what to do` (interface: every error has this form).
class ConfigError : public std::runtime_error {
 public:
  ConfigError(const std::string& place, const std::string& text)
      : std::runtime_error(place.empty() ? text : place + ": " + text) {}
};

/// The machine that runs the program lacks something (a port, descriptors, a permission): status 3.
class EnvironmentError : public std::runtime_error {
 public:
  EnvironmentError(const std::string& place, const std::string& text) : std::runtime_error(place + ": " + text) {}
};

}  // namespace vme
