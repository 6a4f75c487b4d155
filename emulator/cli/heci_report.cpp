#include "cli/heci_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "host/amthi_client.hpp"
#include "wire/amthi.hpp"

namespace vme::cli {
namespace {

using namespace std::chrono_literals;
namespace amthi = wire::amthi;
using host::AmthiClient;

constexpr auto kAnswerPatience = 20s;

HeciReport failure(std::string text) {
  return {.text = {}, .json = {}, .error = std::move(text)};
}

std::string numberText(ByteView data) {
  const auto number = amthi::readNumber(data);
  return number ? std::to_string(*number) : toHex(data);
}

template <std::size_t N>
std::string wordOf(ByteView data, const std::array<std::string_view, N>& words) {
  const auto number = amthi::readNumber(data);
  return number && *number < N ? std::string(words.at(*number)) : numberText(data);
}

std::string macText(std::span<const std::uint8_t> mac) {
  return fmt::format("{:02X}", fmt::join(mac, "-"));
}

/// A fact of `vme heci state`: its names, the command that asks for it, and how the data reads.
struct Fact {
  std::string_view label;
  std::string_view key;
  amthi::Command command;
  std::string (*read)(ByteView data);
};

const std::array kFacts{
    Fact{"provisioning state", "provisioning_state", amthi::Command::getProvisioningState,
         [](ByteView data) { return wordOf<3>(data, {"0, factory", "1, in set-up", "2, operational"}); }},
    Fact{"provisioning mode", "provisioning_mode", amthi::Command::getProvisioningMode,
         [](ByteView data) {
           constexpr std::array<std::string_view, 4> kModes{"none", "enterprise", "small business",
                                                            "remote assistance"};
           const auto mode = amthi::parseProvisioningMode(data);
           if (!mode) return toHex(data);
           return fmt::format("{}, {}{}", mode->mode, mode->mode < 4 ? kModes.at(mode->mode) : "unknown",
                              mode->legacy ? ", legacy" : "");
         }},
    Fact{"provisioning TLS mode", "provisioning_tls_mode", amthi::Command::getProvisioningTlsMode,
         [](ByteView data) { return wordOf<3>(data, {"0, not ready", "1, PSK", "2, PKI"}); }},
    Fact{"zero-touch", "zero_touch", amthi::Command::getZeroTouchEnabled,
         [](ByteView data) { return wordOf<2>(data, {"0, off", "1, on"}); }},
    Fact{"random number seed", "rng_seed", amthi::Command::getRngSeedStatus,
         [](ByteView data) { return wordOf<3>(data, {"0, there", "1, being made", "2, none"}); }},
    Fact{"PKI DNS suffix", "pki_dns_suffix", amthi::Command::getPkiFqdnSuffix,
         [](ByteView data) { return amthi::readAnsi(data).value_or(toHex(data)); }},
    Fact{"PID", "pid", amthi::Command::getPid,
         [](ByteView data) {
           const bool none = std::ranges::all_of(data, [](std::uint8_t byte) { return byte == 0; });
           return none ? std::string("none") : std::string(asText(data));
         }},
    Fact{"MAC of the ME", "mac", amthi::Command::getMacAddresses,
         [](ByteView data) {
           const auto addresses = amthi::parseMacAddresses(data);
           return addresses ? macText(addresses->dedicated) : toHex(data);
         }},
    Fact{"MAC of the host", "host_mac", amthi::Command::getMacAddresses,
         [](ByteView data) {
           const auto addresses = amthi::parseMacAddresses(data);
           return addresses ? macText(addresses->host) : toHex(data);
         }},
};

std::optional<Uuid> clientFrom(const std::string& text) {
  constexpr std::array<std::pair<std::string_view, const Uuid*>, 5> kNames{{{"amthi", &wire::heci::kAmthi},
                                                                            {"watchdog", &wire::heci::kWatchdog},
                                                                            {"mkhi", &wire::heci::kMkhi},
                                                                            {"lme", &wire::heci::kLme},
                                                                            {"lms", &wire::heci::kLms}}};
  for (const auto& [name, uuid] : kNames) {
    if (name == text) return *uuid;
  }
  return Uuid::parse(text);
}

}  // namespace

net::Task<HeciReport> versionsOf(net::HeciDevice& device) {
  AmthiClient me(device, kAnswerPatience);
  const auto data = co_await me.read(amthi::Command::getCodeVersions);
  if (!data) co_return failure(data.error().text);
  const auto versions = amthi::parseCodeVersions(*data);
  if (!versions) co_return failure("GetCodeVersions: " + versions.error().message());
  HeciReport report;
  boost::json::object entries;
  report.text = fmt::format("{:<20} {}\n", "BIOS", readable(versions->bios));
  for (const auto& [description, version] : versions->entries) {
    report.text += fmt::format("{:<20} {}\n", readable(description), readable(version));
    entries[description] = version;
  }
  report.json = boost::json::object{{"bios", versions->bios}, {"versions", std::move(entries)}};
  co_return report;
}

net::Task<HeciReport> stateOf(net::HeciDevice& device) {
  AmthiClient me(device, kAnswerPatience);
  HeciReport report;
  boost::json::object facts;
  for (const auto& fact : kFacts) {
    const auto answer = co_await me.call(fact.command);
    if (!answer) co_return failure(answer.error().text);
    const bool known = answer->status == wire::AmtStatus::success;
    const auto value =
        known ? fact.read(answer->data)
              : fmt::format("status {:X}h, {}", std::to_underlying(answer->status), wire::nameOf(answer->status));
    report.text += fmt::format("{:<22} {}\n", fact.label, readable(value));
    facts[fact.key] = value;
  }
  report.json = std::move(facts);
  co_return report;
}

net::Task<HeciReport> hashesOf(net::HeciDevice& device) {
  AmthiClient me(device, kAnswerPatience);
  const auto list = co_await me.read(amthi::Command::enumerateHashHandles);
  if (!list) co_return failure(list.error().text);
  const auto handles = amthi::parseHandles(*list);
  if (!handles) co_return failure("EnumerateHashHandles: " + handles.error().message());
  HeciReport report;
  boost::json::array rows;
  for (const auto handle : *handles) {
    const auto answer = co_await me.call(amthi::Command::getCertificateHashEntry, amthi::number(handle));
    if (!answer) co_return failure(answer.error().text);
    if (answer->status != wire::AmtStatus::success) {
      co_return failure(host::statusText(amthi::Command::getCertificateHashEntry, answer->status));
    }
    const auto entry = amthi::parseHashEntry(answer->data);
    if (!entry) co_return failure("GetCertificateHashEntry: " + entry.error().message());
    report.text += fmt::format("{:>3}  {:<8} {:<8} {}  {}\n", handle, entry->isDefault ? "factory" : "entered",
                               entry->isActive ? "active" : "off", toHex(entry->hash.hash), readable(entry->name));
    rows.push_back(boost::json::object{{"handle", handle},
                                       {"default", entry->isDefault},
                                       {"active", entry->isActive},
                                       {"hash", toHex(entry->hash.hash)},
                                       {"name", entry->name}});
  }
  report.json = std::move(rows);
  co_return report;
}

net::Task<HeciReport> setOtp(net::HeciDevice& device, std::string otp) {
  if (otp.empty()) throw ConfigError("vme heci otp", "no OTP given. name 8 to 32 characters");
  AmthiClient me(device, kAnswerPatience);
  const auto answer = co_await me.call(amthi::Command::setProvisioningServerOtp, amthi::ansi(otp));
  if (!answer) co_return failure(answer.error().text);
  if (answer->status != wire::AmtStatus::success) {
    co_return failure(host::statusText(amthi::Command::setProvisioningServerOtp, answer->status));
  }
  co_return HeciReport{.text = "the ME holds the OTP\n", .json = boost::json::object{{"set", true}}, .error = {}};
}

net::Task<HeciReport> sendRaw(net::HeciDevice& device, const std::string& hex, const std::string& client) {
  const auto uuid = clientFrom(client);
  if (!uuid) throw ConfigError("--client", fmt::format("\"{}\" is no client. give its name or UUID", client));
  const auto message = fromHex(hex);
  if (!message || message->empty())
    throw ConfigError("vme heci raw", "no message in hex given. write two digits a byte");
  const auto text = [](wire::heci::Error error) { return std::string(wire::heci::nameOf(error)); };
  const auto file = co_await device.open();
  if (!file) co_return failure("open: " + text(file.error()));
  const auto connected = co_await (*file)->connect(*uuid);
  if (!connected) co_return failure("connect: " + text(connected.error()));
  if (const auto written = co_await (*file)->write(*message); !written)
    co_return failure("write: " + text(written.error()));
  (*file)->setDeadline(std::chrono::steady_clock::now() + kAnswerPatience);
  const auto answer = co_await (*file)->read();
  if (!answer) {
    const bool late = answer.error() == wire::heci::Error::timedOut;
    co_return failure(late ? fmt::format("no answer within {} s", kAnswerPatience.count())
                           : "read: " + text(answer.error()));
  }
  co_return HeciReport{.text = answer->empty() ? "an empty message\n" : toHex(*answer) + "\n",
                       .json = boost::json::object{{"answer", toHex(*answer)}},
                       .error = {}};
}

}  // namespace vme::cli
