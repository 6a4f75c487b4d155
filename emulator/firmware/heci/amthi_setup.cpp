// AMTHI commands of set-up: its state, remote configuration, the RNG seed, trusted roots (heci.md 4.2, 4.4).

#include <algorithm>
#include <array>

#include "firmware/heci/amthi.hpp"
#include "machine/host_requests.hpp"
#include "machine/setup.hpp"
#include "machine/trust.hpp"

namespace vme::firmware::heci {
namespace {

using machine::SetupMethod;
using wire::amthi::ansi;
using wire::amthi::number;

// Longer than any text that a command takes, so that the command itself judges the text.
constexpr std::size_t kAnyText = 4096;

AmthiAnswer getProvisioningState(const AmthiCall& call) {
  return number(machine::heciNumber(call.me.hot.state));
}

AmthiAnswer getProvisioningMode(const AmthiCall& call) {
  return wire::amthi::encode(wire::amthi::ProvisioningMode{.mode = static_cast<std::uint32_t>(call.me.hot.mode),
                                                           .legacy = call.me.profile.identity.legacyMode});
}

/// By which credentials set-up goes, or would go when it began now.
SetupMethod methodOf(const Me& me) {
  if (me.hot.method != SetupMethod::none) return me.hot.method;
  if (machine::pskPair(me)) return SetupMethod::psk;
  const bool byPki = me.profile.prov.pki && machine::isZeroTouchEnabled(me) &&
                     std::ranges::any_of(machine::roots(me), &machine::RootEntry::active);
  return byPki ? SetupMethod::pki : SetupMethod::none;
}

AmthiAnswer getProvisioningTlsMode(const AmthiCall& call) {
  return number(static_cast<std::uint32_t>(methodOf(call.me)));
}

AmthiAnswer getPid(const AmthiCall& call) {
  const auto pid = machine::pid(call.me);
  Bytes data(8);
  std::ranges::copy(asBytes(pid), data.begin());
  return data;
}

AmthiAnswer unprovision(const AmthiCall& call) {
  const auto mode = readLe32(call.data, 0);
  if (mode > 1) return AmtStatus::invalidParameter;
  const auto kind = mode == 1 ? machine::ProvisioningMode::enterprise : machine::ProvisioningMode::none;
  return {machine::unprovisionByHost(call.me, kind, call.effects), true};
}

AmthiAnswer generateRngSeed(const AmthiCall& call) {
  return machine::generateRngSeed(call.me);
}

AmthiAnswer getRngSeedStatus(const AmthiCall& call) {
  return number(static_cast<std::uint32_t>(machine::rngSeed(call.me)));
}

AmthiAnswer startConfiguration(const AmthiCall& call) {
  return machine::startConfiguration(call.me, call.effects);
}

AmthiAnswer startConfigurationEx(const AmthiCall& call) {
  // Firmware with IPv6 alone can be asked for it.
  return readLe32(call.data, 0) == 0 ? startConfiguration(call) : AmthiAnswer(AmtStatus::invalidParameter);
}

AmthiAnswer stopConfiguration(const AmthiCall& call) {
  return machine::stopConfiguration(call.me, call.effects);
}

AmthiAnswer setProvisioningServerOtp(const AmthiCall& call) {
  const auto otp = wire::amthi::readAnsi(call.data);
  if (!otp) return AmtStatus::invalidMessageLength;
  return {machine::setOtpByHost(call.me, *otp), true};
}

AmthiAnswer setDnsSuffix(const AmthiCall& call) {
  const auto suffix = wire::amthi::readAnsi(call.data);
  if (!suffix) return AmtStatus::invalidMessageLength;
  return {machine::setPkiSuffixByHost(call.me, *suffix), true};
}

AmthiAnswer getPkiFqdnSuffix(const AmthiCall& call) {
  return ansi(machine::pkiSuffix(call.me));
}

AmthiAnswer getZeroTouchEnabled(const AmthiCall& call) {
  return number(machine::isZeroTouchEnabled(call.me) ? 1 : 0);
}

AmthiAnswer setZeroTouchEnabled(const AmthiCall& call) {
  const auto value = readLe32(call.data, 0);
  if (value > 1) return AmtStatus::invalidParameter;
  return {machine::setZeroTouchByHost(call.me, value == 1), true};
}

AmthiAnswer enumerateHashHandles(const AmthiCall& call) {
  constexpr std::size_t kMost = 33;
  std::vector<std::uint32_t> handles;
  for (const auto& root : machine::roots(call.me)) {
    if (handles.size() < kMost) handles.push_back(root.handle);
  }
  return wire::amthi::encodeHandles(handles);
}

AmthiAnswer getCertificateHashEntry(const AmthiCall& call) {
  const auto roots = machine::roots(call.me);
  const auto root = std::ranges::find(roots, readLe32(call.data, 0), &machine::RootEntry::handle);
  if (root == roots.end()) return AmtStatus{call.me.profile.heci.badHashHandleStatus};
  return wire::amthi::encode(wire::amthi::HashEntry{
      .isDefault = root->factory, .isActive = root->active, .hash = root->hash, .name = root->name});
}

constexpr std::array kSetupRows{
    AmthiRow{AmthiCommand::getProvisioningState, 0, 0, getProvisioningState},
    AmthiRow{AmthiCommand::getProvisioningMode, 0, 0, getProvisioningMode},
    AmthiRow{AmthiCommand::getProvisioningTlsMode, 0, 0, getProvisioningTlsMode},
    AmthiRow{AmthiCommand::getPid, 0, 0, getPid},
    AmthiRow{AmthiCommand::unprovision, 4, 4, unprovision},
    AmthiRow{AmthiCommand::generateRngSeed, 0, 0, generateRngSeed},
    AmthiRow{AmthiCommand::getRngSeedStatus, 0, 0, getRngSeedStatus},
    AmthiRow{AmthiCommand::startConfiguration, 0, 0, startConfiguration},
    AmthiRow{AmthiCommand::startConfigurationEx, 4, 4, startConfigurationEx},
    AmthiRow{AmthiCommand::stopConfiguration, 0, 0, stopConfiguration},
    AmthiRow{AmthiCommand::setProvisioningServerOtp, 2, kAnyText, setProvisioningServerOtp},
    AmthiRow{AmthiCommand::setDnsSuffix, 2, kAnyText, setDnsSuffix},
    AmthiRow{AmthiCommand::getPkiFqdnSuffix, 0, 0, getPkiFqdnSuffix},
    AmthiRow{AmthiCommand::getZeroTouchEnabled, 0, 0, getZeroTouchEnabled},
    AmthiRow{AmthiCommand::setZeroTouchEnabled, 4, 4, setZeroTouchEnabled},
    AmthiRow{AmthiCommand::enumerateHashHandles, 0, 0, enumerateHashHandles},
    AmthiRow{AmthiCommand::getCertificateHashEntry, 4, 4, getCertificateHashEntry},
};

}  // namespace

std::span<const AmthiRow> amthiSetupRows() {
  return kSetupRows;
}

}  // namespace vme::firmware::heci
