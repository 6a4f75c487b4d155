#include "machine/usb_key.hpp"

#include <algorithm>
#include <array>

#include "machine/accounts.hpp"
#include "machine/network.hpp"
#include "machine/power.hpp"
#include "machine/setup.hpp"
#include "machine/trust.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::machine {
namespace {

namespace setup_bin = wire::setup_bin;
using setup_bin::kCm;
using setup_bin::kMe;
using setup_bin::numberOf;
using setup_bin::Record;

// As MEBx shows it when a record does not fit.
constexpr std::string_view kScreen = "2209 - USB Provisioning Error";

std::string_view textOf(const Record& record, std::uint16_t module, std::uint16_t variable) {
  const auto* value = record.find(module, variable);
  return value ? asText(*value) : std::string_view();
}

std::string nameOf(const UsbOffer& offer) {
  return "record " + std::to_string(offer.number) + " of " + std::to_string(offer.records);
}

Note ignored(std::string text) {
  return {Reason::usbKeyIgnored, "USB key: " + std::move(text)};
}

/// What is wrong with the passwords; empty when they are right.
std::string passwordFault(const Me& me, const Record& record) {
  const auto current = textOf(record, kMe, setup_bin::kCurrentPassword);
  const auto wanted = textOf(record, kMe, setup_bin::kNewPassword);
  if (!isMebxPassword(me, current)) return "the current MEBx password is wrong";
  if (wanted.empty() && current == me.profile.auth.defaultPassword) return "no new password replaces the default";
  if (!wanted.empty() && !isPasswordAllowed(me.profile.auth, wanted)) return "the new password is too weak";
  return {};
}

Result<wire::PskPair> pairOf(const Record& record) {
  return wire::parsePskPair(textOf(record, kCm, setup_bin::kPid), textOf(record, kCm, setup_bin::kPps));
}

bool hasPair(const Record& record) {
  return record.find(kCm, setup_bin::kPid) || record.find(kCm, setup_bin::kPps);
}

std::string pairFault(const Me& me, const Record& record) {
  if (!hasPair(record)) return {};
  if (!me.profile.prov.psk) return "the firmware has no set-up by PSK";
  const auto pair = pairOf(record);
  return pair ? std::string() : pair.error().message();
}

/// MEBx couples the two passwords until a server has set the admin account's (provisioning.md 8, row 22).
void changePassword(Me& me, const Record& record) {
  const auto wanted = textOf(record, kMe, setup_bin::kNewPassword);
  if (wanted.empty()) return;
  setMebxPassword(me, wanted);
  if (me.profile.prov.pskImpliesAdminSet) setAdmin(me, "admin", wire::digestHash("admin", digestRealm(me), wanted));
}

// What a value does to the machine. An empty text: taken; else why not.

using Taken = std::string;

Taken fromStatus(AmtStatus status) {
  return status == AmtStatus::success ? Taken() : "is refused with " + std::string(wire::nameOf(status));
}

Taken takeManageability(Me&, const Record&, ByteView value) {
  return numberOf(value) == 1 ? Taken() : "has no place here, Intel AMT stays on";
}

Taken takePowerPackage(Me& me, const Record&, ByteView value) {
  PackageGuid package{};
  std::ranges::copy(value, package.begin());
  return fromStatus(setPowerPackage(me, package));
}

Taken takePkiSuffix(Me& me, const Record&, ByteView value) {
  me.change().pkiSuffix = asText(value);
  return {};
}

Taken takeRemoteConfiguration(Me& me, const Record&, ByteView value) {
  return fromStatus(setZeroTouch(me, numberOf(value) != 0));
}

Taken switchRoots(Me& me, bool factory, bool active) {
  const auto table = roots(me);
  const std::vector<RootEntry> rows(table.begin(), table.end());
  for (const auto& row : rows) {
    if (row.factory != factory || row.active == active) continue;
    if (const auto status = setRootActive(me, row.handle, active); status != AmtStatus::success) {
      return fromStatus(status);
    }
  }
  return {};
}

Taken takeBuiltInHashes(Me& me, const Record&, ByteView value) {
  return switchRoots(me, true, numberOf(value) != 0);
}

Taken takeOwnHashes(Me& me, const Record&, ByteView value) {
  constexpr std::uint32_t kDelete = 2;
  if (numberOf(value) != kDelete) return switchRoots(me, false, numberOf(value) != 0);
  const auto table = roots(me);
  const std::vector<RootEntry> rows(table.begin(), table.end());
  for (const auto& row : rows) {
    if (row.factory) continue;
    if (const auto status = removeRoot(me, row.handle); status != AmtStatus::success) return fromStatus(status);
  }
  return {};
}

Taken takeHash(Me& me, const Record&, ByteView value) {
  const auto named = setup_bin::namedHash(value);
  std::uint32_t handle = 0;
  return named ? fromStatus(addRoot(me, named->name, named->hash, handle)) : "cannot be read";
}

Taken takeRedirection(Me& me, const Record&, ByteView value) {
  constexpr std::uint32_t kSol = 1, kIder = 2, kLogin = 4;
  auto interfaces = me.nvram().interfaces;
  interfaces.serialOverLan = (numberOf(value) & kSol) != 0;
  interfaces.ideRedirection = (numberOf(value) & kIder) != 0;
  if (const auto status = setInterfaces(me, interfaces); status != AmtStatus::success) return fromStatus(status);
  return (numberOf(value) & kLogin) != 0 ? Taken() : "cannot switch off the login by password here";
}

Taken takeHostName(Me& me, const Record&, ByteView value) {
  return fromStatus(setHostName(me, asText(value)));
}

Taken takeDomainName(Me& me, const Record&, ByteView value) {
  return fromStatus(setDomainName(me, asText(value)));
}

Taken takeDhcp(Me& me, const Record& record, ByteView value) {
  constexpr std::uint32_t kDisabled = 1;
  if (numberOf(value) == kDisabled) {
    return record.find(kCm, setup_bin::kStaticIpv4) ? Taken() : "is disabled without an address in its place";
  }
  auto wired = me.nvram().wired;
  wired.dhcp = wired.sharedMac = true;
  wired.fixed.reset();
  return fromStatus(setWired(me, wired));
}

Taken takeStaticIpv4(Me& me, const Record& record, ByteView value) {
  constexpr std::uint32_t kEnabled = 2;
  const auto* dhcp = record.find(kCm, setup_bin::kDhcp);
  if (dhcp && numberOf(*dhcp) == kEnabled) return "contradicts DHCP";
  if (value.size() != 20) return "cannot be read";
  const auto address = [&](std::size_t n) {
    const auto bytes = value.subspan(4 * n, 4);
    return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U | bytes[3];
  };
  auto wired = me.nvram().wired;
  wired.dhcp = wired.sharedMac = false;
  wired.fixed = Ipv4Settings{address(0), address(1), address(2), address(3), address(4)};
  return fromStatus(setWired(me, wired));
}

Taken takeIdleTimeout(Me& me, const Record&, ByteView value) {
  return value.size() == 2 ? fromStatus(setIdleWakeMinutes(me, numberOf(value))) : "cannot be read";
}

/// Passwords, pair and mode are taken by takeRecord() itself.
Taken takeElsewhere(Me&, const Record&, ByteView) {
  return {};
}

struct Row {
  std::uint16_t module, variable;
  Taken (*take)(Me&, const Record&, ByteView);
};
// In the order in which they are taken: what is said of one's own hashes comes before hashes are added.
constexpr std::array kRows{
    Row{kMe, setup_bin::kCurrentPassword, takeElsewhere},
    Row{kMe, setup_bin::kNewPassword, takeElsewhere},
    Row{kMe, setup_bin::kManageability, takeManageability},
    Row{kMe, setup_bin::kPowerPackage, takePowerPackage},
    Row{kCm, setup_bin::kPid, takeElsewhere},
    Row{kCm, setup_bin::kPps, takeElsewhere},
    Row{kCm, setup_bin::kPkiSuffix, takePkiSuffix},
    Row{kCm, setup_bin::kRemoteConfiguration, takeRemoteConfiguration},
    Row{kCm, setup_bin::kBuiltInHashes, takeBuiltInHashes},
    Row{kCm, setup_bin::kOwnHashes, takeOwnHashes},
    Row{kCm, setup_bin::kAddHash, takeHash},
    Row{kCm, setup_bin::kRedirection, takeRedirection},
    Row{kCm, setup_bin::kHostName, takeHostName},
    Row{kCm, setup_bin::kDomainName, takeDomainName},
    Row{kCm, setup_bin::kDhcp, takeDhcp},
    Row{kCm, setup_bin::kIdleTimeout, takeIdleTimeout},
    Row{kCm, setup_bin::kProvisioningMode, takeElsewhere},
    Row{kCm, setup_bin::kStaticIpv4, takeStaticIpv4},
};

setup_bin::Version firmwareVersion(const Me& me) {
  const auto version = setup_bin::parseVersion(me.profile.prov.usbRecord);
  return version ? *version : setup_bin::Version{0, 0};
}

void take(Me& me, const Record& record, const setup_bin::Entry& entry, std::string& faults) {
  const auto* variable = setup_bin::findVariable(entry.module, entry.variable);
  const auto row = std::ranges::find_if(
      kRows, [&](const Row& one) { return one.module == entry.module && one.variable == entry.variable; });
  Taken fault;
  if (variable->since > firmwareVersion(me)) {
    fault = "is newer than this firmware";
  } else {
    fault = row == kRows.end() ? "has no place in this machine" : row->take(me, record, entry.value);
  }
  if (fault.empty()) return;
  faults += (faults.empty() ? "" : ", ") + std::string(variable->name) + " " + fault;
}

bool isSmallBusiness(const Me& me, const Record& record) {
  constexpr std::uint32_t kSmallBusiness = 2;
  const auto* mode = record.find(kCm, setup_bin::kProvisioningMode);
  return mode && numberOf(*mode) == kSmallBusiness && firmwareVersion(me) >= setup_bin::Version{2, 1};
}

/// Where the record leads: operational at once, set-up by the pair, or nowhere yet.
AmtStatus goOn(Me& me, const Record& record, Effects& effects) {
  if (isSmallBusiness(me, record)) {
    const auto wanted = textOf(record, kMe, setup_bin::kNewPassword);
    return setUpManually(me, wanted.empty() ? textOf(record, kMe, setup_bin::kCurrentPassword) : wanted, effects);
  }
  if (!hasPair(record)) return AmtStatus::success;
  const auto pair = pairOf(record);
  return enterPskPair(me, &*pair, effects);
}

}  // namespace

std::optional<Note> refusalOf(const Me& me, const UsbOffer& offer) {
  if (me.hot.state != State::factory) {
    return ignored("only a machine in factory state reads one; this one is " + std::string(nameOf(me.hot.state)));
  }
  if (offer.version > firmwareVersion(me)) {
    return ignored("setup.bin is of version " + offer.version.text() + ", this firmware reads up to " +
                   firmwareVersion(me).text());
  }
  if (!offer.record) {
    return Note{Reason::usbKeyUsedUp,
                "USB key: no record is left for this machine, all " + std::to_string(offer.records) + " are consumed"};
  }
  auto fault = passwordFault(me, *offer.record);
  if (fault.empty()) fault = pairFault(me, *offer.record);
  if (fault.empty()) return std::nullopt;
  return Note{Reason::usbProvisioningError,
              std::string(kScreen) + ": " + fault + " in " + nameOf(offer) + "; nothing is changed"};
}

void takeRecord(Me& me, const UsbOffer& offer, Effects& effects) {
  const auto& record = *offer.record;
  changePassword(me, record);
  std::string faults;
  for (const auto& entry : record.entries) take(me, record, entry, faults);
  const auto pair = pairOf(record);
  effects.emplace_back(Note{
      Reason::none, "USB key: takes " + nameOf(offer) + (pair ? ", PID " + wire::displayPid(pair->pidText()) : "")});
  if (const auto status = goOn(me, record, effects); status != AmtStatus::success) {
    faults += (faults.empty() ? "" : ", ") + std::string("set-up ") + fromStatus(status);
  }
  if (!faults.empty()) effects.emplace_back(Note{Reason::usbValueRefused, "USB key: " + faults});
}

}  // namespace vme::machine
