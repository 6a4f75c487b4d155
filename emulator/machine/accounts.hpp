#pragma once
// Who may log in and what for: the admin account, ACL entries with realms, and the rules for names and passwords
// (firmware-profiles.md 2.1, eoi.md 3.1).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "machine/me.hpp"
#include "wire/amt_status.hpp"

namespace vme::machine {

using wire::AmtStatus;

/// The text that every password hash depends on; by profile `Intel(R) AMT (ID:<UUID>)` or `Digest:<32 hex>`.
std::string digestRealm(const Me& me);

/// 8-32 characters, ASCII 32-126 without `: , "`, with a digit, an upper-case and a lower-case letter and a
/// non-alphanumeric that is neither `_` nor space.
bool isPasswordAllowed(const profile::Profile::Auth& rules, std::string_view password);
/// 1-16 characters, ASCII 33-126 without `: , < > & "`, and not reserved by the profile.
bool isUserNameAllowed(const Me& me, std::string_view user);

struct Login {
  wire::Md5 ha1{};
  wire::RealmSet realms;
  bool isAdmin = false;
  std::uint32_t handle = 0;  // of the ACL entry; 0 for admin
};
/// The account a digest login must match; nothing for an unknown or disabled user, or one without access from there:
/// network, or local, which is through HECI.
std::optional<Login> findLogin(const Me& me, std::string_view user, AccessPermission from = AccessPermission::network);
/// Whether a login may use calls of that realm. PTAdministration implies every other.
bool hasRealm(const Login& login, wire::Realm realm);
/// The same for one of several; an empty set lets every login pass.
bool hasAnyRealm(const Login& login, wire::RealmSet anyOf);

std::string adminName(const Me& me);
/// Whether the admin account is still the factory's (what GetAdminAclEntryStatus and hello byte 0 show).
bool isAdminDefault(const Me& me);
/// Holds at once. invalidParameter for a bad name.
AmtStatus setAdmin(Me& me, std::string_view user, const wire::Md5& ha1);
/// The password of the MEBx menu, which is not the admin account's. invalidPassword when against the rules.
AmtStatus setMebxPassword(Me& me, std::string_view password);
bool isMebxPassword(const Me& me, std::string_view password);

/// `entry.handle` is ignored. maxLimitReached, duplicate, invalidParameter (name, SID length), invalidRealm.
AmtStatus addUser(Me& me, AclEntry entry, std::uint32_t& handle);
AmtStatus updateUser(Me& me, std::uint32_t handle, AclEntry entry);
AmtStatus removeUser(Me& me, std::uint32_t handle);
/// Null for an unknown handle. The admin is never among them.
const AclEntry* findUser(const Me& me, std::uint32_t handle);
std::vector<std::uint32_t> userHandles(const Me& me);
AmtStatus setUserEnabled(Me& me, std::uint32_t handle, bool enabled);

/// The account that firmware makes up for software of the host (GetLocalSystemAccount); it logs in from there alone.
struct LocalSystemAccount {
  std::string user;
  std::string password;
};
LocalSystemAccount localSystemAccount(const Me& me);

AmtStatus setKerberos(Me& me, KerberosOptions options);

}  // namespace vme::machine
