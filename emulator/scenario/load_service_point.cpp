#include "scenario/load_service_point.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "scenario/load_agent.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;
using servicepoint::Api;

constexpr std::array<std::pair<std::string_view, Api>, 3> kApis{
    {{"auto", Api::automatic}, {"eoi", Api::eoi}, {"wsman", Api::wsman}}};
constexpr std::array<std::pair<std::string_view, bool>, 1> kModes{{{"embedded", true}}};
constexpr std::uint64_t kMostAtOnce = 100'000, kMostAttempts = 1000;
constexpr std::array<std::pair<std::string_view, bool>, 2> kKeys{{{"pool", false}, {"unique", true}}};
constexpr std::array<std::pair<std::string_view, OwnPki>, 5> kOwnPki{{{"good", OwnPki::good},
                                                                      {"expired", OwnPki::expired},
                                                                      {"revoked", OwnPki::revoked},
                                                                      {"ca", OwnPki::ca},
                                                                      {"unfit", OwnPki::unfit}}};
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

void readTexts(const YamlCursor& list, std::vector<std::string>& out, std::string_view what) {
  out.clear();
  for (const auto& item : list.items()) out.push_back(readText(item));
  if (out.empty()) list.fail(fmt::format("{} is empty. name at least one {}, or leave the key out", list.path(), what));
}

void readHabit(const YamlCursor& value, servicepoint::Habits& habits) {
  const auto word = value.text();
  if (addHabit(habits, word)) return;
  std::vector<std::string> words{"all"};
  for (const auto& info : servicepoint::allHabits()) words.emplace_back(info.word);
  auto hint = didYouMean(word, words);
  if (hint.empty()) hint = " docs/audit.md lists them";
  value.fail(fmt::format("{} is \"{}\", which is no habit.{}", value.path(), word, hint));
}

servicepoint::Habits readCareless(const YamlCursor& value) {
  servicepoint::Habits habits;
  if (value.isScalar()) {
    readHabit(value, habits);
  } else {
    for (const auto& item : value.items()) readHabit(item, habits);
  }
  return habits;
}

ServicePointSpec readEmbedded(const YamlCursor& map, const profile::Catalogue& catalogue) {
  auto spec = embeddedServicePoint();
  auto& options = spec.options;
  if (const auto port = map.find("hello_port")) spec.helloPort = options.helloPort = readPort(*port);
  if (const auto api = map.find("api")) options.api = api->choice<Api>(kApis);
  if (const auto count = map.find("concurrency"))
    options.concurrency = static_cast<unsigned>(count->number(1, kMostAtOnce));
  if (const auto count = map.find("attempts"))
    options.attempts = static_cast<unsigned>(count->number(1, kMostAttempts));
  if (const auto wait = map.find("step_timeout")) options.stepTimeout = readWait(*wait);
  if (const auto wait = map.find("retry_delay")) options.retryDelay = std::chrono::milliseconds(wait->durationMs());
  if (const auto wait = map.find("reconnect_timeout")) options.reconnectTimeout = readWait(*wait);
  if (const auto policy = map.find("policy")) spec.policy = readPolicy(*policy, catalogue);
  if (const auto suffix = map.find("dns_suffix")) options.dnsSuffix = readText(*suffix);
  if (const auto name = map.find("host_name")) spec.hostName = readText(*name);
  if (const auto list = map.find("setup_passwords")) readTexts(*list, options.setupPasswords, "password");
  if (const auto password = map.find("admin_password")) options.adminPassword = readText(*password);
  if (const auto urls = map.find("crl_urls")) readTexts(*urls, options.crlUrls, "address");
  if (const auto careless = map.find("careless")) options.careless = readCareless(*careless);
  if (const auto keys = map.find("keys")) spec.uniqueKeys = keys->choice<bool>(kKeys);
  if (const auto pki = map.find("provisioning_certificate")) spec.ownPki = pki->choice<OwnPki>(kOwnPki);
  return spec;
}

Shape habitShape() {
  std::vector<std::string> words{"all"};
  for (const auto& info : servicepoint::allHabits()) words.emplace_back(info.word);
  return shape::word(words);
}

const Section& externalSection() {
  static const Section section{
      "external_service_point",
      {{"host", "name or address of an external service point", {shape::text()}, true},
       {"hello_port", "where it listens for hellos; default 9971", {shape::integer(1, 65535)}},
       {"verifies", "it logs in again once a machine is operational; the run waits for that", {shape::boolean()}},
       {"policy_port", "of its policy server, for agents", {shape::integer(1, 65535)}},
       {"site_secret", "from which the agents' tokens are made", {shape::text()}}}};
  return section;
}

const Section& embeddedSection() {
  static const Section section{
      "embedded_service_point",
      {{"mode", "the service point in the program itself", {shape::wordOf(kModes)}, true},
       {"hello_port", "where it listens for hellos; default any free one", {shape::integer(1, 65535)}},
       {"api", "auto (the default): WS-Man where the firmware has it, else EOI", {shape::wordOf(kApis)}},
       {"concurrency", "machines provisioned at once; default 64", {shape::integer(1, kMostAtOnce)}},
       {"attempts", "for one machine, before it counts as failed; default 3", {shape::integer(1, kMostAttempts)}},
       {"step_timeout", "for one connection, handshake or call; default 15s", {shape::duration()}},
       {"retry_delay", "before the next attempt; default 500ms", {shape::duration()}},
       {"reconnect_timeout", "for the machine's network to come back after commit; default 30s", {shape::duration()}},
       {"policy", "what the policy server has for agents", {shape::map(policySection)}},
       {"dns_suffix", "domain name that it gives the machines; default vme.test", {shape::text()}},
       {"host_name", "in its provisioning certificate", {shape::text()}},
       {"setup_passwords", "tried during set-up, in this order; default [admin]", {shape::list({shape::text()}, true)}},
       {"admin_password", "for all machines; without it each gets its own", {shape::text()}},
       {"keys",
        "whether the machines' TLS keys come from a pool; default unique in an audited run",
        {shape::wordOf(kKeys)}},
       {"provisioning_certificate", "what is wrong with its own; default good", {shape::wordOf(kOwnPki)}},
       {"crl_urls",
        "where its revocation list can be had, as `service-point: send-crl` tells machines",
        {shape::list({shape::text()}, true)}},
       {"careless", "broken on purpose: its habits (docs/audit.md)", {habitShape(), shape::list({habitShape()})}}}};
  return section;
}

}  // namespace

std::vector<Shape> servicePointShapes() {
  return {shape::word({"embedded"}), shape::map(embeddedSection), shape::map(externalSection)};
}

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
  if (value.has("host")) {
    ServicePointSpec spec;
    spec.embedded = false;
    spec.host = readText(value.at("host"));
    if (const auto port = value.find("hello_port")) spec.helloPort = readPort(*port);
    if (const auto verifies = value.find("verifies")) spec.verifies = verifies->boolean();
    if (const auto port = value.find("policy_port")) spec.policy.port = readPort(*port);
    if (const auto secret = value.find("site_secret")) spec.policy.siteSecret = readText(*secret);
    finish(value, externalSection());
    return spec;
  }
  const auto mode = value.find("mode");
  if (!mode)
    value.fail("service_point has neither mode nor host. add mode: embedded, or host: NAME of an external one");
  mode->choice<bool>(kModes);
  auto spec = readEmbedded(value, catalogue);
  finish(value, embeddedSection());
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
