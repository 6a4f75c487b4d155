// AMT_RedirectionService and AMT_WebUIService: which interfaces are on. Also AMT_8021XProfile, which cannot be.

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"
#include "machine/network.hpp"

namespace vme::firmware::wsman {
namespace {

using wire::AmtStatus;

constexpr std::uint32_t kStateNotSupported = 1;  // RequestStateChange
constexpr std::uint32_t kInvalidParameter = 5;   // RequestStateChange
constexpr std::uint32_t kTimeoutNotSupported = 4098;
constexpr std::uint32_t kEnabled = 2, kDisabled = 3;
constexpr std::uint32_t kRedirectionOff = 32768;  // + 1: IDE-R, + 2: SOL (wsman-classes.md, AMT_RedirectionService)

std::uint32_t redirectionState(const machine::EnabledInterfaces& interfaces) {
  return kRedirectionOff + (interfaces.ideRedirection ? 1U : 0U) + (interfaces.serialOverLan ? 2U : 0U);
}

bool applyRedirection(machine::EnabledInterfaces& interfaces, std::uint64_t state) {
  if (state < kRedirectionOff || state > kRedirectionOff + 3) return false;
  interfaces.ideRedirection = (state & 1U) != 0;
  interfaces.serialOverLan = (state & 2U) != 0;
  return true;
}

}  // namespace

namespace values::interfaces {

void redirectionState(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(wsman::redirectionState(me.nvram().interfaces));
}

void listener(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().interfaces.redirectionListener);
}

void webUiState(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().interfaces.webUi ? kEnabled : kDisabled);
}

}  // namespace values::interfaces

namespace methods {

std::uint32_t changeRedirectionState(MethodCall& call) {
  if (call.in.has("TimeoutPeriod")) return kTimeoutNotSupported;
  auto wanted = call.me.nvram().interfaces;
  if (!applyRedirection(wanted, call.in.uint32("RequestedState"))) return kInvalidParameter;
  return dmtfStatus(machine::setInterfaces(call.me, wanted));
}

std::uint32_t changeWebUiState(MethodCall& call) {
  if (call.in.has("TimeoutPeriod")) return kTimeoutNotSupported;
  const auto state = call.in.uint32("RequestedState");
  if (state != kEnabled && state != kDisabled) return kInvalidParameter;
  auto wanted = call.me.nvram().interfaces;
  wanted.webUi = state == kEnabled;
  return dmtfStatus(machine::setInterfaces(call.me, wanted));
}

/// RequestStateChange of a service that is always on.
std::uint32_t stateIsFixed(MethodCall&) {
  return kStateNotSupported;
}

}  // namespace methods

namespace edits {

std::optional<Fault> putRedirection(Edit& edit) {
  auto wanted = edit.me.nvram().interfaces;
  wanted.redirectionListener = edit.in.boolean("ListenerEnabled").value_or(wanted.redirectionListener);
  const auto state = edit.in.number("EnabledState");
  if (state && !applyRedirection(wanted, *state)) return Fault{FaultId::invalidRepresentation};
  return faultOf(machine::setInterfaces(edit.me, wanted));
}

/// The machine has no 802.1x supplicant: the profile stays disabled.
std::optional<Fault> put8021x(Edit& edit) {
  return edit.in.boolean("Enabled") == true ? faultOf(AmtStatus::unsupported) : std::nullopt;
}

}  // namespace edits
}  // namespace vme::firmware::wsman
