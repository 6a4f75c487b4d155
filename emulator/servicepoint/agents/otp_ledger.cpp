#include "servicepoint/agents/otp_ledger.hpp"

#include <fmt/format.h>

namespace vme::servicepoint {

OtpLedger::Standing OtpLedger::present(const Uuid& uuid, const wire::Sha1& otp, std::int64_t created,
                                       std::int64_t now) {
  using enum Standing::Kind;
  const auto row = rows_.find(uuid);
  const bool known = row != rows_.end();
  const bool same = known && row->second.otp == otp;
  if (same && row->second.used && row->second.created == created) return {repeated, Reason::none, {}};
  const auto holder = holders_.find(otp);
  if (holder != holders_.end() && holder->second.uuid != uuid) {
    return {refused, Reason::otpOfAnother, "another machine has asked with this OTP"};
  }
  const bool used = (holder != holders_.end() && holder->second.used) || (same && row->second.used);
  if (used) return {refused, Reason::otpReused, "an earlier provisioning of the machine used this OTP up"};
  // The first date counts, so that an OTP does not live longer by being sent again.
  if (same) created = row->second.created;
  if (isExpired(created, now)) {
    return {refused, Reason::otpExpired,
            fmt::format("made {} s ago; it is good for {} s", now - created, limits_.lifetimeS)};
  }
  if (same) return {repeated, Reason::none, {}};
  if (created > now + limits_.skewS) {
    return {refused, Reason::otpExpired, fmt::format("dated {} s in the future", created - now)};
  }
  if (known && created < row->second.created) {
    if (!row->second.used) return {outdated, Reason::none, {}};
    return {refused, Reason::otpExpired, "made before the OTP that the machine was provisioned with"};
  }
  if (known && !row->second.used) holders_.erase(row->second.otp);
  rows_[uuid] = {otp, created, false};
  holders_[otp] = {uuid, false};
  return {fresh, Reason::none, {}};
}

void OtpLedger::consume(const Uuid& uuid) {
  const auto row = rows_.find(uuid);
  if (row == rows_.end() || row->second.used) return;
  row->second.used = true;
  holders_[row->second.otp] = {uuid, true};
  used_.push_back(row->second.otp);
  if (used_.size() <= limits_.used) return;
  holders_.erase(used_.front());
  used_.pop_front();
}

}  // namespace vme::servicepoint
