// Accounts: the admin, ACL entries, Kerberos.

#include <algorithm>

#include "firmware/eoi/acl_entry.hpp"
#include "firmware/eoi/handlers.hpp"

namespace vme::firmware::eoi {
namespace {

constexpr std::string_view kEncryption = "RC4-HMAC";  // the only one before 8.0

AmtStatus answerEntry(Call& call, std::string_view element) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  if (!handle) return AmtStatus::invalidParameter;
  const auto* entry = machine::findUser(call.me, *handle);
  if (!entry) return AmtStatus::invalidHandle;
  writeAclEntry(call.out, element, *entry);
  return AmtStatus::success;
}

}  // namespace

AmtStatus addUserAclEntryEx(Call& call) {
  auto entry = readAclEntry(call.me, call.in);
  if (!entry) return entry.error();
  std::uint32_t handle = 0;
  const auto status = machine::addUser(call.me, std::move(*entry), handle);
  call.out.number("Handle", handle);
  return status;
}

AmtStatus updateUserAclEntryEx(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  if (!handle) return AmtStatus::invalidParameter;
  auto entry = readAclEntry(call.me, call.in);
  if (!entry) return entry.error();
  return machine::updateUser(call.me, *handle, std::move(*entry));
}

AmtStatus getUserAclEntryEx(Call& call) {
  return answerEntry(call, "EntryEx");
}

AmtStatus addUserAclEntry(Call& call) {
  return addUserAclEntryEx(call);
}

AmtStatus updateUserAclEntry(Call& call) {
  return updateUserAclEntryEx(call);
}

AmtStatus getUserAclEntry(Call& call) {
  return answerEntry(call, "UserAclEntry");
}

AmtStatus enumerateUserAclEntries(Call& call) {
  const auto start = call.in.number<std::uint32_t>("StartIndex");
  if (!start) return AmtStatus::invalidParameter;
  if (*start == 0) return AmtStatus::invalidIndex;  // the first is 1
  const auto handles = machine::userHandles(call.me);
  const auto skipped = std::min<std::size_t>(*start - 1, handles.size());
  call.out.number("TotalCount", handles.size()).number("HandlesCount", handles.size() - skipped);
  for (auto i = skipped; i < handles.size(); ++i) call.out.number("Handles", handles[i]);
  return AmtStatus::success;
}

AmtStatus removeUserAclEntry(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  return handle ? machine::removeUser(call.me, *handle) : AmtStatus::invalidParameter;
}

AmtStatus setAdminAclEntryEx(Call& call) {
  const auto user = call.in.text("Username");
  const auto ha1 = readDigestPassword(call.in);
  if (!user || !ha1) return AmtStatus::invalidParameter;
  return machine::setAdmin(call.me, *user, *ha1);
}

AmtStatus getAdminAclEntry(Call& call) {
  call.out.text("Username", machine::adminName(call.me));
  return AmtStatus::success;
}

AmtStatus getAdminAclEntryStatus(Call& call) {
  call.out.flag("IsDefault", machine::isAdminDefault(call.me));
  return AmtStatus::success;
}

AmtStatus setAclEnabledState(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  const auto enabled = call.in.flag("Enabled");
  if (!handle || !enabled) return AmtStatus::invalidParameter;
  return machine::setUserEnabled(call.me, *handle, *enabled);
}

AmtStatus getAclEnabledState(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  if (!handle) return AmtStatus::invalidParameter;
  const auto* entry = machine::findUser(call.me, *handle);
  if (!entry) return AmtStatus::invalidHandle;
  call.out.flag("Enabled", entry->enabled);
  return AmtStatus::success;
}

AmtStatus getDigestRealm(Call& call) {
  call.out.text("DigestRealm", machine::digestRealm(call.me));
  return AmtStatus::success;
}

AmtStatus setKerberosOptions(Call& call) {
  const auto realm = call.in.text("KerberosRealmName");
  const auto version = call.in.number<std::uint32_t>("KerberosKeyVersion");
  const auto encryption = call.in.text("KerberosEncryption");
  auto key = call.in.base64("KerberosMasterKey");
  std::optional<std::uint32_t> tolerance;
  if (!call.in.optional("KerberosMaxClockTolerance", tolerance)) return AmtStatus::invalidParameter;
  if (!realm || !version || encryption != kEncryption || !key) return AmtStatus::invalidParameter;
  machine::KerberosOptions options{.realmName = std::string(*realm), .keyVersion = *version, .masterKey = {}};
  options.masterKey = std::move(*key);
  if (tolerance) options.maxClockToleranceMin = *tolerance;
  return machine::setKerberos(call.me, std::move(options));
}

AmtStatus getKerberosOptions(Call& call) {
  const auto options = call.me.nvram().kerberos.value_or(machine::KerberosOptions{});
  call.out.open("KerberosOptions")
      .text("KerberosRealmName", options.realmName)
      .number("KerberosKeyVersion", options.keyVersion)
      .text("KerberosEncryption", kEncryption)
      .number("KerberosMaxClockTolerance", options.maxClockToleranceMin)
      .close("KerberosOptions");
  return AmtStatus::success;
}

}  // namespace vme::firmware::eoi
