#include "scenario/load_service_point.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/error.hpp"
#include "scenario/load_agent.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;
using servicepoint::Api;

constexpr std::array<std::pair<std::string_view, Api>, 3> kApis{
    {{"auto", Api::automatic}, {"eoi", Api::eoi}, {"wsman", Api::wsman}}};
constexpr std::array<std::string_view, 4> kLater{"pki", "approval_file", "psk_file", "tls"};

std::uint16_t readPort(const YamlCursor& value) {
  return static_cast<std::uint16_t>(value.number(1, 65535));
}

std::string readText(const YamlCursor& value) {
  auto text = value.text();
  if (text.empty()) value.fail(value.path() + " is empty. write a name, or leave the key out");
  return text;
}

std::chrono::milliseconds readWait(const YamlCursor& value) {
  const auto ms = value.durationMs();
  if (ms == 0) value.fail(value.path() + " is 0. write a duration such as 10s");
  return std::chrono::milliseconds(ms);
}

void readPasswords(const YamlCursor& list, std::vector<std::string>& out) {
  out.clear();
  for (const auto& item : list.items()) out.push_back(readText(item));
  if (out.empty()) list.fail(list.path() + " is empty. name at least one password, or leave the key out");
}

ServicePointSpec readEmbedded(const YamlCursor& map, const profile::Catalogue& catalogue) {
  auto spec = embeddedServicePoint();
  auto& options = spec.options;
  if (const auto port = map.find("hello_port")) spec.helloPort = options.helloPort = readPort(*port);
  if (const auto api = map.find("api")) options.api = api->choice<Api>(kApis);
  if (const auto count = map.find("concurrency"))
    options.concurrency = static_cast<unsigned>(count->number(1, 100'000));
  if (const auto count = map.find("attempts")) options.attempts = static_cast<unsigned>(count->number(1, 1000));
  if (const auto wait = map.find("step_timeout")) options.stepTimeout = readWait(*wait);
  if (const auto wait = map.find("retry_delay")) options.retryDelay = std::chrono::milliseconds(wait->durationMs());
  if (const auto wait = map.find("reconnect_timeout")) options.reconnectTimeout = readWait(*wait);
  if (const auto policy = map.find("policy")) spec.policy = readPolicy(*policy, catalogue);
  if (const auto suffix = map.find("dns_suffix")) options.dnsSuffix = readText(*suffix);
  if (const auto name = map.find("host_name")) spec.hostName = readText(*name);
  if (const auto list = map.find("setup_passwords")) readPasswords(*list, options.setupPasswords);
  if (const auto password = map.find("admin_password")) options.adminPassword = readText(*password);
  return spec;
}

}  // namespace

ServicePointSpec embeddedServicePoint() {
  ServicePointSpec spec;
  spec.helloPort = spec.options.helloPort = 0;
  return spec;
}

ServicePointSpec readServicePoint(const YamlCursor& value, const profile::Catalogue& catalogue) {
  if (value.isScalar()) {
    if (value.text() == "embedded") return embeddedServicePoint();
    value.fail(
        fmt::format("service_point is \"{0}\". write embedded, or {{host: {0}}} for an external one", value.text()));
  }
  for (const auto key : kLater) value.refuseLater(key);
  if (const auto host = value.find("host")) {
    ServicePointSpec spec;
    spec.embedded = false;
    spec.host = readText(*host);
    if (const auto port = value.find("hello_port")) spec.helloPort = readPort(*port);
    if (const auto verifies = value.find("verifies")) spec.verifies = verifies->boolean();
    if (const auto port = value.find("policy_port")) spec.policy.port = readPort(*port);
    if (const auto secret = value.find("site_secret")) spec.policy.siteSecret = readText(*secret);
    value.finish();
    return spec;
  }
  constexpr std::array<std::pair<std::string_view, bool>, 1> kModes{{{"embedded", true}}};
  const auto mode = value.find("mode");
  if (!mode)
    value.fail("service_point has neither mode nor host. add mode: embedded, or host: NAME of an external one");
  mode->choice<bool>(kModes);
  auto spec = readEmbedded(value, catalogue);
  value.finish();
  return spec;
}

ServicePointSpec servicePointFromOption(const std::string& text, const ServicePointSpec& ofFile) {
  if (text == "embedded") return ofFile.embedded ? ofFile : embeddedServicePoint();
  ServicePointSpec spec;
  spec.embedded = false;
  const auto colon = text.rfind(':');
  spec.host = text.substr(0, colon);
  if (colon != std::string::npos) {
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, spec.helloPort);
    if (error != std::errc{} || stopped != end || spec.helloPort == 0) {
      throw ConfigError("--service-point",
                        fmt::format("\"{}\" has no port after its colon. write HOST:PORT, or embedded", text));
    }
  }
  if (spec.host.empty()) throw ConfigError("--service-point", "no host is given. write HOST[:PORT], or embedded");
  return spec;
}

}  // namespace vme::scenario
