#include "wire/soap_status.hpp"

#include <charconv>

namespace vme::wire {
namespace {

constexpr std::string_view kStatus = "Status>", kReturnValue = "ReturnValue>", kResponse = "Response>";

std::optional<unsigned> numberAt(std::string_view body, std::size_t at) {
  unsigned value = 0;
  const auto* end = body.data() + body.size();
  const auto parsed = std::from_chars(body.data() + at, end, value);
  if (parsed.ec != std::errc() || parsed.ptr == end || *parsed.ptr != '<') return std::nullopt;
  return value;
}

}  // namespace

std::optional<unsigned> soapStatus(std::string_view body) {
  // Of a class's own properties some are called Status too; the method's comes first in `...Response`.
  const auto response = body.find(kResponse);
  if (response != std::string_view::npos) {
    const auto tag = body.find_first_not_of(" \t\r\n", response + kResponse.size());
    const auto end = tag == std::string_view::npos ? tag : body.find('>', tag);
    if (end != std::string_view::npos && body.substr(tag, end + 1 - tag).ends_with(kStatus)) {
      return numberAt(body, end + 1);
    }
  }
  const auto value = body.find(kReturnValue);
  return value == std::string_view::npos ? std::nullopt : numberAt(body, value + kReturnValue.size());
}

}  // namespace vme::wire
