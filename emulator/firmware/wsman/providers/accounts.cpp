// AMT_AuthorizationService and AMT_KerberosSettingData.

#include "machine/accounts.hpp"

#include <algorithm>
#include <charconv>

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"

namespace vme::firmware::wsman {
namespace {

using wire::AmtStatus;

constexpr std::size_t kHandlesAtOnce = 50;  // of EnumerateUserAclEntries

/// The 16 bytes of MD5(user:realm:password). Some servers send them as hex digits, which firmware of our generations
/// takes for 24 bytes and refuses (provisioning.md 6.3).
std::optional<wire::Md5> digestFrom(const machine::Me& me, const Inputs& in) {
  auto bytes = in.bytes("DigestPassword");
  const auto text = in.text("DigestPassword").value_or("");
  if (me.profile.api.hexDigest && text.size() == 2 * std::tuple_size_v<wire::Md5>) bytes = fromHex(text);
  wire::Md5 digest{};
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

AmtStatus readRealms(const Inputs& in, wire::RealmSet& realms) {
  for (const auto text : in.texts("Realms")) {
    unsigned number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (number == 0 || number > 31) return AmtStatus::invalidRealm;
    realms.add(static_cast<wire::Realm>(number));
  }
  return AmtStatus::success;
}

/// The entry that AddUserAclEntryEx and UpdateUserAclEntryEx describe: a digest user or a Kerberos SID.
AmtStatus readEntry(const machine::Me& me, const Inputs& in, machine::AclEntry& entry) {
  entry.user = in.text("DigestUsername").value_or("");
  entry.kerberosSid = in.bytes("KerberosUserSid").value_or(Bytes());
  entry.access = static_cast<machine::AccessPermission>(in.uint32("AccessPermission"));
  if (entry.user.empty() == entry.kerberosSid.empty()) return AmtStatus::invalidParameter;
  if (!entry.user.empty()) {
    const auto digest = digestFrom(me, in);
    if (!digest) return AmtStatus::invalidParameter;
    entry.ha1 = *digest;
  }
  return readRealms(in, entry.realms);
}

}  // namespace

namespace methods {

std::uint32_t addUser(MethodCall& call) {
  machine::AclEntry entry;
  if (const auto status = readEntry(call.me, call.in, entry); status != AmtStatus::success) return amtStatus(status);
  std::uint32_t handle = 0;
  const auto status = machine::addUser(call.me, std::move(entry), handle);
  if (status == AmtStatus::success) call.out("Handle").add(handle);
  return amtStatus(status);
}

std::uint32_t updateUser(MethodCall& call) {
  machine::AclEntry entry;
  if (const auto status = readEntry(call.me, call.in, entry); status != AmtStatus::success) return amtStatus(status);
  return amtStatus(machine::updateUser(call.me, call.in.uint32("Handle"), std::move(entry)));
}

/// StartIndex counts from 1 and may be one past the last only when there is none.
std::uint32_t enumerateUsers(MethodCall& call) {
  const auto all = machine::userHandles(call.me);
  const std::size_t start = call.in.uint32("StartIndex");
  if (start == 0 || start > std::max<std::size_t>(all.size(), 1)) return amtStatus(AmtStatus::invalidIndex);
  const auto count = std::min(all.size() - (start - 1), kHandlesAtOnce);
  call.out("TotalCount").add(all.size());
  call.out("HandlesCount").add(count);
  for (std::size_t i = 0; i < count; ++i) call.out("Handles").add(all[start - 1 + i]);
  return amtStatus(AmtStatus::success);
}

std::uint32_t getUser(MethodCall& call) {
  const auto* entry = machine::findUser(call.me, call.in.uint32("Handle"));
  if (!entry) return amtStatus(AmtStatus::invalidHandle);
  if (!entry->user.empty()) call.out("DigestUsername").add(entry->user);
  if (!entry->kerberosSid.empty()) call.out("KerberosUserSid").addBase64(entry->kerberosSid);
  call.out("AccessPermission").add(static_cast<unsigned>(entry->access));
  for (const auto& info : wire::allRealms()) {
    if (entry->realms.has(info.realm)) call.out("Realms").add(static_cast<unsigned>(info.realm));
  }
  return amtStatus(AmtStatus::success);
}

std::uint32_t removeUser(MethodCall& call) {
  return amtStatus(machine::removeUser(call.me, call.in.uint32("Handle")));
}

std::uint32_t setAdmin(MethodCall& call) {
  const auto digest = digestFrom(call.me, call.in);
  if (!digest) return amtStatus(AmtStatus::invalidParameter);
  return amtStatus(machine::setAdmin(call.me, call.in.text("Username").value_or(""), *digest));
}

std::uint32_t getAdmin(MethodCall& call) {
  call.out("Username").add(machine::adminName(call.me));
  return amtStatus(AmtStatus::success);
}

std::uint32_t getAdminStatus(MethodCall& call) {
  call.out("IsDefault").add(machine::isAdminDefault(call.me));
  return amtStatus(AmtStatus::success);
}

std::uint32_t setUserEnabled(MethodCall& call) {
  const bool enabled = call.in.boolean("Enabled").value_or(false);
  return amtStatus(machine::setUserEnabled(call.me, call.in.uint32("Handle"), enabled));
}

std::uint32_t getUserEnabled(MethodCall& call) {
  const auto* entry = machine::findUser(call.me, call.in.uint32("Handle"));
  if (!entry) return amtStatus(AmtStatus::invalidHandle);
  call.out("Enabled").add(entry->enabled);
  return amtStatus(AmtStatus::success);
}

}  // namespace methods

namespace lists {

/// In legacy mode the instance is absent (wsman-classes.md).
std::vector<std::uint32_t> kerberosSettings(const machine::Me& me) {
  return me.profile.identity.legacyMode ? std::vector<std::uint32_t>{} : std::vector<std::uint32_t>{0};
}

}  // namespace lists

namespace values::kerberos {

void enabled(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().kerberos.has_value());
}

void realmName(const machine::Me& me, std::uint32_t, Values& out) {
  if (me.nvram().kerberos) out.add(me.nvram().kerberos->realmName);
}

void keyVersion(const machine::Me& me, std::uint32_t, Values& out) {
  constexpr unsigned kFirst = 1;
  out.add(me.nvram().kerberos ? me.nvram().kerberos->keyVersion : kFirst);
}

void clockTolerance(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().kerberos.value_or(machine::KerberosOptions{}).maxClockToleranceMin);
}

}  // namespace values::kerberos

namespace edits {

std::optional<Fault> putKerberos(Edit& edit) {
  constexpr std::size_t kKeyBytes = 16;  // RC4-HMAC
  const auto& stored = edit.me.nvram().kerberos;
  if (edit.in.boolean("KrbEnabled") == false) {
    // The machine has no operation that switches Kerberos off again.
    return stored ? faultOf(AmtStatus::unsupported) : std::nullopt;
  }
  auto options = stored.value_or(machine::KerberosOptions{.keyVersion = 1});
  options.realmName = edit.in.text("RealmName").value_or(options.realmName);
  options.masterKey = edit.in.bytes("MasterKey").value_or(options.masterKey);
  options.keyVersion = static_cast<std::uint32_t>(edit.in.number("KeyVersion").value_or(options.keyVersion));
  options.maxClockToleranceMin =
      static_cast<std::uint32_t>(edit.in.number("MaximumClockTolerance").value_or(options.maxClockToleranceMin));
  if (options.masterKey.size() != kKeyBytes) return Fault{FaultId::invalidRepresentation};
  return faultOf(machine::setKerberos(edit.me, std::move(options)));
}

}  // namespace edits
}  // namespace vme::firmware::wsman
