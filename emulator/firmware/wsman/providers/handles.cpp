#include "firmware/wsman/providers/handles.hpp"

#include <charconv>

namespace vme::firmware::wsman {

std::string nameWithHandle(std::string_view name, std::uint32_t handle) {
  return std::string(name).append(std::to_string(handle));
}

std::optional<std::uint32_t> handleIn(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  std::uint32_t handle = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), handle);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(handle) : std::nullopt;
}

}  // namespace vme::firmware::wsman
