#include "servicepoint/errand.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "servicepoint/eoi_client.hpp"
#include "wire/xml.hpp"

namespace vme::servicepoint {
namespace {

using namespace std::string_view_literals;

constexpr FirmwareVersion kHasZeroTouch{2, 2};
constexpr FirmwareVersion kHasCrl{2, 5};
/// Firmware 3.0 takes no more (provisioning.md 6.2).
constexpr std::size_t kMostUrls = 3;

/// Whether one of the root hashes is active.
net::Task<Attempt<bool>> hasActiveRoot(EoiClient& client) {
  const auto answer = co_await client.call(kSecurityAdministration, "EnumerateCertificateHashEntries", {});
  if (!answer) co_return std::unexpected(answer.error());
  for (const auto& handle : handlesIn(*answer)) {
    std::string parameters;
    wire::XmlWriter(parameters).element("", "Handle", handle);
    const auto entry = co_await client.call(kSecurityAdministration, "GetCertificateHashEntry", parameters);
    if (!entry) co_return std::unexpected(entry.error());
    if (wire::textOf(wire::childNamed(*entry, "IsActive")) == "true") co_return true;
  }
  co_return false;
}

/// Whether the machine can be set up again from afar: it holds a PSK pair, or takes a certificate of an active root
/// (provisioning.md 6.2).
net::Task<Attempt<bool>> hasWayBack(EoiClient& client) {
  const auto pid = co_await client.call(kSecurityAdministration, "GetProvisioningPID", {});
  if (!pid) co_return std::unexpected(pid.error());
  if (!wire::textOf(wire::childNamed(*pid, "PID")).empty()) co_return true;
  const auto mode = co_await client.call(kSecurityAdministration, "GetZeroTouchConfigurationMode", {});
  if (!mode) co_return std::unexpected(mode.error());
  if (wire::textOf(wire::childNamed(*mode, "Enabled")) != "true") co_return false;
  co_return co_await hasActiveRoot(client);
}

net::Task<Attempt<void>> unprovisionPartially(EoiClient& client, const SetupContext& context) {
  const bool asks = context.version >= kHasZeroTouch && !context.options.careless.has(Habit::skipWayBack);
  if (asks) {
    const StepLog::Timer timer(context.log, StepId::checkWayBack);
    const auto found = co_await hasWayBack(client);
    if (!found) co_return std::unexpected(found.error());
    if (!*found) co_return Attempt<void>();
  }
  const StepLog::Timer timer(context.log, StepId::partialUnprovision);
  co_return co_await client.invoke(kSecurityAdministration, "PartialUnprovision", {});
}

net::Task<Attempt<void>> sendCrl(EoiClient& client, const SetupContext& context, ByteView crl) {
  if (context.version < kHasCrl) co_return Attempt<void>();
  const auto& urls = context.options.crlUrls;
  const auto most = context.options.careless.has(Habit::allCrlUrls) ? urls.size() : kMostUrls;
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.open("", "Crl");
  for (std::size_t i = 0; i < std::min(most, urls.size()); ++i) writer.element("", "Url", urls[i]);
  writer.element("", "CrlBlob", toBase64(crl)).close("", "Crl");
  const StepLog::Timer timer(context.log, StepId::setCrl);
  co_return co_await client.invoke(kSecurityAdministration, "SetCRL", parameters);
}

/// Whether the BIOS takes that command (eoi.md 7.1).
net::Task<Attempt<bool>> canEnterSetup(EoiClient& client) {
  constexpr std::uint32_t kBiosSetup = 0x08;
  const auto answer = co_await client.call(kRemoteControl, "GetRemoteControlCapabilities", {});
  if (!answer) co_return std::unexpected(answer.error());
  const auto text = wire::textOf(wire::childNamed(*answer, "OemDefinedCapabilities"));
  std::uint32_t capabilities = 0;
  std::from_chars(text.data(), text.data() + text.size(), capabilities);
  co_return (capabilities & kBiosSetup) != 0;
}

net::Task<Attempt<void>> rebootToSetup(EoiClient& client, const SetupContext& context) {
  if (!context.options.careless.has(Habit::skipCapabilities)) {
    const StepLog::Timer timer(context.log, StepId::getCapabilities);
    const auto can = co_await canEnterSetup(client);
    if (!can) co_return std::unexpected(can.error());
    if (!*can) co_return Attempt<void>();
  }
  std::string parameters;
  wire::XmlWriter writer(parameters);
  // A reset with Intel's own command, into BIOS setup.
  writer.element("", "Command", "16"sv).element("", "IanaOemNumber", "343"sv);
  writer.element("", "SpecialCommand", "193"sv).element("", "SpecialCommandParameter", "8"sv);
  const StepLog::Timer timer(context.log, StepId::remoteControl);
  co_return co_await client.invoke(kRemoteControl, "RemoteControl", parameters);
}

}  // namespace

net::Task<Attempt<void>> carryOut(Errand errand, SetupContext& context, ByteView crl) {
  EoiClient client(context.session);
  switch (errand) {
    case Errand::partialUnprovision:
      co_return co_await unprovisionPartially(client, context);
    case Errand::sendCrl:
      co_return co_await sendCrl(client, context, crl);
    case Errand::rebootToSetup:
      co_return co_await rebootToSetup(client, context);
    case Errand::none:
      break;
  }
  co_return Attempt<void>();
}

}  // namespace vme::servicepoint
