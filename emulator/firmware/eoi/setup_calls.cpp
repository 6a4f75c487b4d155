// Set-up and configuration, and how it is undone (provisioning.md 4.2 and 6.2).

#include <optional>
#include <string>

#include "firmware/eoi/handlers.hpp"
#include "machine/accounts.hpp"
#include "machine/setup.hpp"

namespace vme::firmware::eoi {
namespace {

constexpr std::size_t kPidLength = 8;
constexpr std::size_t kPpsLength = 32;
constexpr std::size_t kUnsetOtp = 32;  // zero bytes where nobody set one

/// A secret of ASCII characters: base64 of them, or the characters themselves.
std::optional<std::string> asciiSecret(const Parameters& in, std::string_view name, std::size_t length) {
  const auto text = in.text(name);
  if (!text) return std::nullopt;
  if (text->size() == length) return std::string(*text);
  const auto bytes = fromBase64(*text);
  return bytes ? std::string(asText(*bytes)) : std::string(*text);
}

}  // namespace

AmtStatus getProvisioningMode(Call& call) {
  call.out.number("ProvisioningMode", static_cast<std::uint64_t>(call.me.hot.mode));
  return AmtStatus::success;
}

AmtStatus getProvisioningState(Call& call) {
  call.out.number("ProvisioningState", machine::heciNumber(call.me.hot.state));
  return AmtStatus::success;
}

AmtStatus commitChanges(Call& call) {
  return machine::commitChanges(call.me, call.effects);
}

AmtStatus unprovision(Call& call) {
  const auto mode = call.in.number<std::uint8_t>("ProvisioningMode");
  constexpr auto kLast = static_cast<std::uint8_t>(machine::ProvisioningMode::remoteConnectivity);
  if (!mode || *mode > kLast) return AmtStatus::invalidParameter;
  return machine::unprovision(call.me, static_cast<machine::ProvisioningMode>(*mode), call.effects);
}

AmtStatus partialUnprovision(Call& call) {
  return machine::partialUnprovision(call.me, call.effects);
}

AmtStatus resetFlashWearOutProtection(Call& call) {
  return machine::resetFlashWearOut(call.me);
}

AmtStatus setMebxPassword(Call& call) {
  const auto password = call.in.text("Password");
  return password ? machine::setMebxPassword(call.me, *password) : AmtStatus::invalidParameter;
}

AmtStatus extendProvisioningPeriod(Call& call) {
  const auto hours = call.in.number<std::uint32_t>("Duration");
  if (!hours) return AmtStatus::invalidParameter;
  return machine::extendProvisioningPeriod(call.me, *hours, call.effects);
}

AmtStatus setTlsPsk(Call& call) {
  const auto pid = asciiSecret(call.in, "PID", kPidLength);
  const auto pps = asciiSecret(call.in, "PPS", kPpsLength);
  if (!pid || !pps) return AmtStatus::invalidParameter;
  return machine::setTlsPsk(call.me, *pid, *pps);
}

AmtStatus getProvisioningPid(Call& call) {
  call.out.base64("PID", asBytes(machine::pid(call.me)));
  return AmtStatus::success;
}

AmtStatus getZeroTouchConfigurationMode(Call& call) {
  if (!call.me.profile.prov.pki) return AmtStatus::unsupported;
  call.out.flag("Enabled", machine::isZeroTouchEnabled(call.me));
  return AmtStatus::success;
}

AmtStatus setZeroTouchConfigurationMode(Call& call) {
  const auto enabled = call.in.flag("Enabled");
  return enabled ? machine::setZeroTouch(call.me, *enabled) : AmtStatus::invalidParameter;
}

AmtStatus getProvisioningAuditRecord(Call& call) {
  if (call.me.hot.state != machine::State::operational) return AmtStatus::notReady;
  const auto& record = call.me.nvram().setupRecord;
  if (!record) return AmtStatus::notReady;  // set up by hand
  // Names of the WS-Man sibling; its numbers are 1 PKI, 2 PSK.
  call.out.open("AuditRecord")
      .number("ProvisioningTLSMode", record->pki ? 1U : 2U)
      .flag("SecureDNS", record->secureDns)
      .flag("HostInitiated", false);
  if (record->pki) {
    call.out.number("SelectedHashType", static_cast<std::uint64_t>(wire::HashAlgorithm::sha1));
    call.out.base64("SelectedHashData", record->rootSha1);
  }
  call.out.flag("IsTimeValid", record->timeValid)
      .number("ProvServerIP", record->serverIpv4)
      .number("TlsStartTime", record->time)
      .text("ProvServerFQDN", record->serverName)
      .close("AuditRecord");
  return AmtStatus::success;
}

AmtStatus setProvisioningServerOtp(Call& call) {
  const auto otp = call.in.base64("OTP");
  return otp ? machine::setProvisioningOtp(call.me, *otp) : AmtStatus::invalidParameter;
}

AmtStatus getProvisioningServerOtp(Call& call) {
  if (!call.me.profile.prov.otp) return AmtStatus::unsupported;
  // Readable only during set-up (provisioning.md 3.6).
  if (call.me.hot.state != machine::State::inSetup) return AmtStatus::invalidProvisioningState;
  auto otp = machine::provisioningOtp(call.me);
  if (otp.empty()) otp.resize(kUnsetOtp);
  call.out.base64("OTP", otp);
  return AmtStatus::success;
}

AmtStatus setRngKey(Call& call) {
  const auto key = call.in.base64("RngKey");
  return key ? machine::setRngKey(call.me, *key) : AmtStatus::invalidParameter;
}

}  // namespace vme::firmware::eoi
