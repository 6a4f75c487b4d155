#include "machine/accounts.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "machine/setup.hpp"

namespace vme::machine {
namespace {

constexpr std::string_view kLocalSystemUser = "$$OsAdmin";
constexpr std::uint32_t kKnownRealms = 0x01BFFFFC;  // 2..21, 23, 24 (wire::Realm)

bool isAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return toLower(x) == toLower(y); });
}

bool isReserved(const Me& me, std::string_view user) {
  return std::ranges::any_of(me.profile.auth.reservedUsers, [user](const std::string& name) {
    if (name.ends_with('*')) return user.starts_with(std::string_view(name).substr(0, name.size() - 1));
    return equalsIgnoringCase(user, name);
  });
}

AmtStatus checkEntry(const Me& me, const AclEntry& entry, std::uint32_t ownHandle) {
  const auto& auth = me.profile.auth;
  const auto& acl = me.nvram().acl;
  if ((entry.realms.bits & ~kKnownRealms) != 0) return AmtStatus::invalidRealm;
  if (entry.kerberosSid.empty()) {
    if (!isUserNameAllowed(me, entry.user)) return AmtStatus::invalidParameter;
    if (entry.user == adminName(me)) return AmtStatus::duplicate;
  } else if (entry.kerberosSid.size() > 28 || entry.kerberosSid.size() % 4 != 0) {
    return AmtStatus::invalidParameter;
  }
  std::size_t ofItsKind = 0;
  for (const auto& other : acl) {
    if (other.handle == ownHandle || other.kerberosSid.empty() != entry.kerberosSid.empty()) continue;
    ++ofItsKind;
    if (other.user == entry.user && other.kerberosSid == entry.kerberosSid) return AmtStatus::duplicate;
  }
  const auto limit = entry.kerberosSid.empty() ? auth.digestUsersMax : auth.kerberosUsersMax;
  return ofItsKind < limit ? AmtStatus::success : AmtStatus::maxLimitReached;
}

AclEntry* findWritable(Me& me, std::uint32_t handle) {
  if (!findUser(me, handle)) return nullptr;
  return &*std::ranges::find(me.change().acl, handle, &AclEntry::handle);
}

}  // namespace

std::string digestRealm(const Me& me) {
  if (me.profile.auth.realmForm == profile::RealmForm::id) {
    return "Intel(R) AMT (ID:" + me.identity.uuid.upperText() + ")";
  }
  std::array<std::uint8_t, 16> bytes{};
  me.draw.fill(bytes, "digest-realm");
  return "Digest:" + toHexUpper(bytes);
}

bool isPasswordAllowed(const profile::Profile::Auth& rules, std::string_view password) {
  if (password.size() < rules.passwordMin || password.size() > rules.passwordMax) return false;
  bool digit = false, upper = false, lowerCase = false, special = false;
  for (const char c : password) {
    if (c < ' ' || c > '~' || c == ':' || c == ',' || c == '"') return false;
    digit |= c >= '0' && c <= '9';
    upper |= c >= 'A' && c <= 'Z';
    lowerCase |= c >= 'a' && c <= 'z';
    special |= !isAlphanumeric(c) && c != '_' && c != ' ';
  }
  return digit && upper && lowerCase && special;
}

bool isUserNameAllowed(const Me& me, std::string_view user) {
  if (user.empty() || user.size() > me.profile.auth.usernameMax || isReserved(me, user)) return false;
  return std::ranges::all_of(user, [](char c) {
    return c > ' ' && c <= '~' && std::string_view(":,<>&\"").find(c) == std::string_view::npos;
  });
}

std::optional<Login> findLogin(const Me& me, std::string_view user, AccessPermission from) {
  const auto& nvram = me.nvram();
  const bool local = from == AccessPermission::local;
  if (local && user == kLocalSystemUser && me.profile.heci.has(AmthiCommand::getLocalSystemAccount)) {
    const auto ha1 = wire::digestHash(user, digestRealm(me), localSystemAccount(me).password);
    return Login{.ha1 = ha1, .realms = {kKnownRealms}, .isAdmin = false, .handle = 0};
  }
  if (user == adminName(me)) {
    Login login{.ha1 = {}, .realms = {kKnownRealms}, .isAdmin = true, .handle = 0};
    if (nvram.admin) {
      login.ha1 = nvram.admin->ha1;
    } else {
      const auto& password = me.hot.adminPreset && me.environment.setupPassword ? *me.environment.setupPassword
                                                                                : me.profile.auth.defaultPassword;
      login.ha1 = wire::digestHash(user, digestRealm(me), password);
    }
    return login;
  }
  for (const auto& entry : nvram.acl) {
    if (entry.user != user || entry.user.empty()) continue;
    const bool fits = entry.access == AccessPermission::any || entry.access == from;
    if (!entry.enabled || !fits) return std::nullopt;
    return Login{.ha1 = entry.ha1, .realms = entry.realms, .isAdmin = false, .handle = entry.handle};
  }
  return std::nullopt;
}

bool hasRealm(const Login& login, wire::Realm realm) {
  return hasAnyRealm(login, wire::RealmSet::of({realm}));
}

bool hasAnyRealm(const Login& login, wire::RealmSet anyOf) {
  const bool isAdministrator = login.isAdmin || login.realms.has(wire::Realm::ptAdministration);
  return anyOf.bits == 0 || isAdministrator || (login.realms.bits & anyOf.bits) != 0;
}

std::string adminName(const Me& me) {
  const auto& admin = me.nvram().admin;
  return admin ? admin->user : "admin";
}

bool isAdminDefault(const Me& me) {
  return !me.nvram().admin && !me.hot.adminPreset;
}

AmtStatus setAdmin(Me& me, std::string_view user, const wire::Md5& ha1) {
  // The factory's own name is allowed although newer firmware reserves it for users.
  if (user != "admin" && !isUserNameAllowed(me, user)) return AmtStatus::invalidParameter;
  if (std::ranges::any_of(me.nvram().acl, [user](const AclEntry& entry) { return entry.user == user; })) {
    return AmtStatus::duplicate;
  }
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().admin = AdminAccount{std::string(user), ha1};
  return AmtStatus::success;
}

AmtStatus setMebxPassword(Me& me, std::string_view password) {
  if (!isPasswordAllowed(me.profile.auth, password)) return AmtStatus::invalidPassword;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.hot.mebxChanged = true;
  me.change().mebxPassword = wire::digestHash("admin", digestRealm(me), password);
  return AmtStatus::success;
}

bool isMebxPassword(const Me& me, std::string_view password) {
  if (const auto& own = me.nvram().mebxPassword) return *own == wire::digestHash("admin", digestRealm(me), password);
  if (!me.hot.mebxChanged) return password == me.profile.auth.defaultPassword;
  return me.environment.setupPassword == password;
}

AmtStatus addUser(Me& me, AclEntry entry, std::uint32_t& handle) {
  if (const auto status = checkEntry(me, entry, 0); status != AmtStatus::success) return status;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  auto& nvram = me.change();
  entry.handle = handle = nvram.nextAclHandle++;
  nvram.acl.push_back(std::move(entry));
  return AmtStatus::success;
}

AmtStatus updateUser(Me& me, std::uint32_t handle, AclEntry entry) {
  const auto* old = findUser(me, handle);
  if (!old) return AmtStatus::invalidHandle;
  if (const auto status = checkEntry(me, entry, handle); status != AmtStatus::success) return status;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  entry.handle = handle;
  entry.enabled = old->enabled;
  *findWritable(me, handle) = std::move(entry);
  return AmtStatus::success;
}

AmtStatus removeUser(Me& me, std::uint32_t handle) {
  if (!findUser(me, handle)) return AmtStatus::invalidHandle;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  std::erase_if(me.change().acl, [handle](const AclEntry& entry) { return entry.handle == handle; });
  return AmtStatus::success;
}

const AclEntry* findUser(const Me& me, std::uint32_t handle) {
  const auto& acl = me.nvram().acl;
  const auto found = std::ranges::find(acl, handle, &AclEntry::handle);
  return found == acl.end() ? nullptr : &*found;
}

std::vector<std::uint32_t> userHandles(const Me& me) {
  std::vector<std::uint32_t> handles;
  for (const auto& entry : me.nvram().acl) handles.push_back(entry.handle);
  return handles;
}

AmtStatus setUserEnabled(Me& me, std::uint32_t handle, bool enabled) {
  auto* entry = findWritable(me, handle);
  if (!entry) return AmtStatus::invalidHandle;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  entry->enabled = enabled;
  return AmtStatus::success;
}

LocalSystemAccount localSystemAccount(const Me& me) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%*+";
  constexpr std::size_t kLength = 24;
  LocalSystemAccount account{.user = std::string(kLocalSystemUser), .password = {}};
  for (std::size_t i = 0; i < kLength; ++i) {
    account.password += kAlphabet[me.draw.below(kAlphabet.size(), "local-system-account", i)];
  }
  return account;
}

AmtStatus setKerberos(Me& me, KerberosOptions options) {
  if (options.realmName.size() > 48) return AmtStatus::invalidParameter;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().kerberos = std::move(options);
  return AmtStatus::success;
}

}  // namespace vme::machine
