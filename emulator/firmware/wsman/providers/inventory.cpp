// What the platform and the build are: identity and profile values.

#include "base/bytes.hpp"
#include "firmware/wsman/catalogue/providers.hpp"
#include "profile/check.hpp"

namespace vme::firmware::wsman {
namespace {

// CIM_Chassis.ChassisPackageType.
constexpr unsigned kDesktop = 3;
constexpr unsigned kNotebook = 10;

std::string lowerHex(const std::array<std::uint8_t, 6>& mac, std::string_view between) {
  std::string text;
  for (const auto byte : mac) {
    if (!text.empty()) text.append(between);
    text += toHex({&byte, 1});
  }
  return text;
}

}  // namespace

namespace values::identity {

/// The bytes in SMBIOS order (wsman-classes.md, CIM_ComputerSystemPackage).
void platformGuid(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(toHexUpper(me.identity.uuid.wire));
}

void chassisSerial(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.identity.serialText());
}

void macAddress(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(lowerHex(me.identity.mac, "-"));
}

void networkAddress(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(lowerHex(me.identity.mac, ""));
}

}  // namespace values::identity

namespace values::profile {

void version(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.identity.version);
}

void sku(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.identity.sku);
}

void vendorId(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.identity.vendorId);
}

void build(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.identity.build);
}

void legacyMode(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.identity.legacyMode ? "True" : "False");
}

void chassisType(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.identity.form == vme::profile::Form::laptop ? kNotebook : kDesktop);
}

void biosSetup(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(!vme::profile::hasQuirk(me.profile, "no_bios_setup"));
}

void serialOverLan(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.redir.sol);
}

void ideRedirection(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.redir.ider);
}

void chainMaxBytes(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.tls.chainMaxBytes);
}

void trustedCnMax(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.tls.trustedCnMax);
}

void trustedCnBytes(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.tls.trustedCnBytes);
}

void crlStoreBytes(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.tls.crlStoreBytes);
}

void rootMaxCount(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.tls.rootMaxCount);
}

void rootMaxBytes(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.tls.rootMaxBytes);
}

void rsaBits(const machine::Me& me, std::uint32_t, Values& out) {
  for (const auto bits : me.profile.tls.rsaBits) out.add(bits);
}

void logRecordsMax(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.profile.event.logRecordsMax);
}

}  // namespace values::profile

namespace lists {

std::vector<std::uint32_t> laptopBattery(const machine::Me& me) {
  return me.profile.identity.form == vme::profile::Form::laptop ? std::vector<std::uint32_t>{0}
                                                                : std::vector<std::uint32_t>{};
}

}  // namespace lists
}  // namespace vme::firmware::wsman
