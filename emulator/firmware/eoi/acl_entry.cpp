#include "firmware/eoi/acl_entry.hpp"

#include <algorithm>
#include <array>

namespace vme::firmware::eoi {
namespace {

using machine::AccessPermission;
using machine::AclEntry;
using wire::AmtStatus;

struct PermissionRow {
  AccessPermission permission;
  std::string_view word;
  std::string_view number;
};
constexpr std::array kPermissions{
    PermissionRow{AccessPermission::local, "LocalAccessPermission", "0"},
    PermissionRow{AccessPermission::network, "NetworkAccessPermission", "1"},
    PermissionRow{AccessPermission::any, "AnyAccessPermission", "2"},
};

std::optional<AccessPermission> readPermission(const Parameters& in) {
  const auto text = in.text("AccessPermission");
  if (!text) return AccessPermission::any;
  for (const auto& row : kPermissions) {
    if (row.word == *text || row.number == *text) return row.permission;
  }
  return std::nullopt;
}

std::optional<wire::RealmSet> readRealms(const Parameters& in) {
  wire::RealmSet realms;
  for (const auto& element : in.all("Realm")) {
    const auto realm = wire::realmFrom(element.text());
    if (!realm) return std::nullopt;
    realms.add(*realm);
  }
  return realms;
}

std::optional<wire::Md5> readSecret(const machine::Me& me, const Parameters& in, std::string_view user) {
  if (const auto plain = in.text("Password")) return wire::digestHash(user, machine::digestRealm(me), *plain);
  return readDigestPassword(in);
}

}  // namespace

std::optional<wire::Md5> readDigestPassword(const Parameters& in) {
  const auto bytes = in.base64("DigestPassword");
  wire::Md5 ha1{};
  if (!bytes || bytes->size() != ha1.size()) return std::nullopt;
  std::ranges::copy(*bytes, ha1.begin());
  return ha1;
}

std::expected<AclEntry, AmtStatus> readAclEntry(const machine::Me& me, const Parameters& in) {
  AclEntry entry;
  if (in.has("Sid")) {
    auto sid = in.base64("Sid");
    if (!sid || sid->empty()) return std::unexpected(AmtStatus::invalidParameter);
    entry.kerberosSid = std::move(*sid);
  } else {
    const auto user = in.text("Username");
    const auto secret = user ? readSecret(me, in, *user) : std::nullopt;
    if (!secret) return std::unexpected(AmtStatus::invalidParameter);
    entry.user = *user;
    entry.ha1 = *secret;
  }
  const auto permission = readPermission(in);
  if (!permission) return std::unexpected(AmtStatus::invalidParameter);
  const auto realms = readRealms(in);
  if (!realms) return std::unexpected(AmtStatus::invalidRealm);
  entry.access = *permission;
  entry.realms = *realms;
  return entry;
}

void writeAclEntry(Output& out, std::string_view element, const AclEntry& entry) {
  out.open(element);
  if (entry.kerberosSid.empty()) {
    out.open("DigestUser").text("Username", entry.user).close("DigestUser");
  } else {
    out.open("KerberosUser").base64("Sid", entry.kerberosSid).close("KerberosUser");
  }
  const auto* const permission = std::ranges::find(kPermissions, entry.access, &PermissionRow::permission);
  out.text("AccessPermission", permission->word).open("Realms");
  for (const auto& info : wire::allRealms()) {
    if (entry.realms.has(info.realm)) out.number("Realm", static_cast<std::uint64_t>(info.realm));
  }
  out.close("Realms").close(element);
}

}  // namespace vme::firmware::eoi
