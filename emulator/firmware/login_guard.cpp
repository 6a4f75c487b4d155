#include "firmware/login_guard.hpp"

#include <algorithm>

#include "machine/accounts.hpp"

namespace vme::firmware {

using machine::LoginMemory;
using machine::Me;

bool isLocked(const Me& me, std::string_view user) {
  const auto& failing = me.nvram().logins.failing;
  const auto found = std::ranges::find(failing, user, &LoginMemory::Failing::user);
  return found != failing.end() && me.now < found->lockedUntil;
}

void noteFailure(Me& me, std::string_view user) {
  const auto& auth = me.profile.auth;
  // Names without an account have nothing to lock, and would fill the memory.
  if (auth.lockoutFailures == 0 || !machine::findLogin(me, user)) return;
  auto& failing = me.change().logins.failing;
  auto found = std::ranges::find(failing, user, &LoginMemory::Failing::user);
  if (found == failing.end()) found = failing.insert(failing.end(), {.user = std::string(user)});
  if (++found->failures < auth.lockoutFailures) return;
  found->failures = 0;
  found->lockedUntil = me.now + MeDuration::seconds(auth.lockoutS);
}

void noteSuccess(Me& me, std::string_view user) {
  if (me.nvram().logins.failing.empty()) return;
  std::erase_if(me.change().logins.failing, [user](const LoginMemory::Failing& entry) { return entry.user == user; });
}

bool isRepeated(Me& me, MeTime nonceGiven, std::uint32_t count) {
  if (!me.profile.auth.strictNc) return false;
  const auto& last = me.nvram().logins;
  if (nonceGiven < last.lastNonce || (nonceGiven == last.lastNonce && count <= last.lastCount)) return true;
  auto& logins = me.change().logins;
  logins.lastNonce = nonceGiven;
  logins.lastCount = count;
  return false;
}

}  // namespace vme::firmware
