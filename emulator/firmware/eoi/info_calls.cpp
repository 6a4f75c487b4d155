// What a machine says about itself.

#include <array>

#include "firmware/eoi/handlers.hpp"
#include "machine/network.hpp"

namespace vme::firmware::eoi {
namespace {

constexpr std::uint16_t kHelloPort = 9971;

std::string dotted(std::uint32_t address) {
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    if (!text.empty()) text += '.';
    text += std::to_string(address >> shift & 0xFFU);
  }
  return text;
}

}  // namespace

AmtStatus getCoreVersion(Call& call) {
  call.out.text("Version", call.me.profile.identity.version);
  return AmtStatus::success;
}

AmtStatus getCodeVersions(Call& call) {
  const auto& identity = call.me.profile.identity;
  const auto build = std::to_string(identity.build);
  // The order is that of the host's GetCodeVersions (eoi.md 4.x).
  const std::array<std::pair<std::string_view, std::string>, 10> versions{
      {{"Flash", identity.version},
       {"Netstack", identity.version},
       {"AMTApps", identity.version},
       {"AMT", identity.version},
       {"Sku", std::to_string(identity.sku)},
       {"VendorID", identity.vendorId},
       {"Build Number", build},
       {"Recovery Version", identity.version},
       {"Recovery Build Num", build},
       {"Legacy Mode", identity.legacyMode ? "True" : "False"}}};
  call.out.open("CodeVersions").text("BiosVersion", "").number("VersionsCount", versions.size());
  for (const auto& [description, version] : versions) {
    call.out.open("Versions").text("Description", description).text("Version", version).close("Versions");
  }
  call.out.close("CodeVersions");
  return AmtStatus::success;
}

AmtStatus getFqdn(Call& call) {
  const auto& nvram = call.me.nvram();
  auto name = nvram.hostName;
  if (!nvram.domainName.empty()) name.append(".").append(nvram.domainName);
  call.out.text("FQDN", name);
  return AmtStatus::success;
}

AmtStatus getConfigServerInfo(Call& call) {
  const auto& record = call.me.nvram().setupRecord;
  if (!record) return AmtStatus::notFound;
  call.out.text("Address", record->serverName.empty() ? dotted(record->serverIpv4) : record->serverName);
  call.out.number("Port", kHelloPort);
  return AmtStatus::success;
}

AmtStatus getNetworkState(Call& call) {
  call.out.flag("NetworkInterfaceEnabled", call.me.hot.linkUp);
  return AmtStatus::success;
}

AmtStatus getSecurityParameters(Call& call) {
  const auto& me = call.me;
  const auto& interfaces = me.nvram().interfaces;
  call.out.open("SecurityParameters")
      .flag("EnterpriseMode", me.hot.mode == machine::ProvisioningMode::enterprise)
      .flag("TLSEnabled", me.nvram().tls.network.enabled)
      .number("ProvisioningState", machine::heciNumber(me.hot.state))
      .flag("NetworkInterfaceEnabled", me.hot.linkUp)
      .flag("SOLEnabled", interfaces.serialOverLan)
      .flag("IDEREnabled", interfaces.ideRedirection)
      .flag("LinkIsUp", me.hot.linkUp)
      .close("SecurityParameters");
  return AmtStatus::success;
}

}  // namespace vme::firmware::eoi
