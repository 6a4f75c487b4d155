// AMT_SetupAndConfigurationService (provisioning.md 6.3) and AMT_TimeSynchronizationService.

#include "machine/setup.hpp"

#include "firmware/civil_time.hpp"
#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"
#include "machine/accounts.hpp"
#include "machine/clock.hpp"
#include "profile/check.hpp"
#include "wire/ipv4_text.hpp"

namespace vme::firmware::wsman {
namespace {

using wire::AmtStatus;

constexpr std::size_t kOtpBytes = 32;

}  // namespace

namespace values::setup {

void provisioningState(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(machine::heciNumber(me.hot.state));
}

void provisioningMode(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(static_cast<unsigned>(me.hot.mode));
}

/// Shown in set-up only; 32 zero bytes stand for none (wsman-classes.md).
void otp(const machine::Me& me, std::uint32_t, Values& out) {
  auto bytes = me.hot.state == machine::State::inSetup ? machine::provisioningOtp(me) : Bytes();
  if (bytes.empty()) bytes.resize(kOtpBytes);
  out.addBase64(bytes);
}

/// 2: administrator control, the only mode of a machine that a server has set up.
void controlMode(const machine::Me& me, std::uint32_t, Values& out) {
  constexpr unsigned kNone = 0, kAdmin = 2;
  out.add(me.hot.state == machine::State::operational ? kAdmin : kNone);
}

void configurationNonce(const machine::Me& me, std::uint32_t, Values& out) {
  std::array<std::uint8_t, 20> nonce{};
  me.draw.fill(nonce, "configuration-nonce", me.hot.answers);
  out.addBase64(nonce);
}

void zeroTouch(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(machine::isZeroTouchEnabled(me));
}

}  // namespace values::setup

namespace needs {

bool hostBasedSetup(const profile::Profile& profile) {
  return profile.prov.hostBasedSetup;
}

}  // namespace needs

namespace methods {

std::uint32_t commitChanges(MethodCall& call) {
  return amtStatus(machine::commitChanges(call.me, call.effects));
}

std::uint32_t unprovision(MethodCall& call) {
  const auto asked = static_cast<machine::ProvisioningMode>(call.in.uint32("ProvisioningMode"));
  const auto mode = asked == machine::ProvisioningMode::none ? call.me.hot.mode : asked;
  return amtStatus(machine::unprovision(call.me, mode, call.effects));
}

std::uint32_t partialUnprovision(MethodCall& call) {
  return amtStatus(machine::partialUnprovision(call.me, call.effects));
}

std::uint32_t extendProvisioningPeriod(MethodCall& call) {
  return amtStatus(machine::extendProvisioningPeriod(call.me, call.in.uint32("Duration"), call.effects));
}

std::uint32_t setMebxPassword(MethodCall& call) {
  return amtStatus(machine::setMebxPassword(call.me, call.in.text("Password").value_or("")));
}

std::uint32_t setTlsPsk(MethodCall& call) {
  const auto pid = call.in.bytes("PID").value_or(Bytes());
  const auto pps = call.in.bytes("PPS").value_or(Bytes());
  return amtStatus(machine::setTlsPsk(call.me, asText(pid), asText(pps)));
}

std::uint32_t getProvisioningAuditRecord(MethodCall& call) {
  constexpr unsigned kPsk = 0, kPki = 1;  // ProvisioningTLSMode
  constexpr unsigned kSha1 = 1;           // SelectedHashType, as AMT_ProvisioningCertificateHash has it
  if (call.me.hot.state != machine::State::operational) {
    const bool isOdd = call.me.hot.state == machine::State::inSetup && profile::hasQuirk(call.me.profile, "audit_in");
    return amtStatus(isOdd ? AmtStatus::internalError : AmtStatus::notReady);
  }
  const auto& record = call.me.nvram().setupRecord;
  if (!record) return amtStatus(AmtStatus::notReady);
  call.out("ProvisioningTLSMode").add(record->pki ? kPki : kPsk);
  if (record->pki) {
    call.out("SecureDNS").add(record->secureDns);
    call.out("SelectedHashType").add(kSha1);
    call.out("SelectedHashData").addBase64(record->rootSha1);
    call.out("ProvServerFQDN").add(record->serverName);
  }
  call.out("IsTimeValid").add(record->timeValid);
  call.out("ProvServerIP").add(wire::dottedQuad(record->serverIpv4));
  call.out("TlsStartTime").add(isoTime(record->time));
  return amtStatus(AmtStatus::success);
}

std::uint32_t resetFlashWearOut(MethodCall& call) {
  return amtStatus(machine::resetFlashWearOut(call.me));
}

std::uint32_t getClock(MethodCall& call) {
  call.out("Ta0").add(machine::clockSeconds(call.me));
  return amtStatus(AmtStatus::success);
}

std::uint32_t synchronizeClock(MethodCall& call) {
  return amtStatus(machine::synchronize(call.me, call.in.uint32("Ta0"), call.in.uint32("Tm1"), call.in.uint32("Tm2")));
}

}  // namespace methods

namespace edits {

/// Stores what differs; the rest of the properties is read-only.
std::optional<Fault> putSetupService(Edit& edit) {
  const auto zeroTouch = edit.in.boolean("ZeroTouchConfigurationEnabled");
  if (zeroTouch && *zeroTouch != machine::isZeroTouchEnabled(edit.me)) {
    if (auto fault = faultOf(machine::setZeroTouch(edit.me, *zeroTouch))) return fault;
  }
  const auto otp = edit.in.bytes("ProvisioningServerOTP");
  const bool isShown = otp && (*otp == Bytes(kOtpBytes) || *otp == machine::provisioningOtp(edit.me));
  if (!otp || isShown) return std::nullopt;
  return faultOf(machine::setProvisioningOtp(edit.me, *otp));
}

/// For instances without anything to store: what a client puts back is taken and ignored.
std::optional<Fault> putUnchanged(Edit&) {
  return std::nullopt;
}

}  // namespace edits
}  // namespace vme::firmware::wsman
