#pragma once
// Which one-time password came for which machine, and which are used up. One row a machine, and a bounded number of
// used ones, of which the oldest is forgotten first.

#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <unordered_map>

#include "base/reasons.hpp"
#include "base/uuid.hpp"
#include "wire/certificate.hpp"

namespace vme::servicepoint {

class OtpLedger {
 public:
  struct Limits {
    std::int64_t lifetimeS = 900;
    std::int64_t skewS = 300;
    std::size_t used = 1'000'000;
  };
  /// What a request's OTP is.
  struct Standing {
    enum class Kind : std::uint8_t {
      fresh,     // the machine's row from now on
      repeated,  // the very request that made the row
      outdated,  // the machine's row is newer
      refused,
    };
    Kind kind = Kind::fresh;
    Reason reason = Reason::none;  // otpExpired, otpReused, otpOfAnother
    std::string text;
  };

  explicit OtpLedger(Limits limits) : limits_(limits) {}

  /// `created` and `now` in seconds since 1970.
  Standing present(const Uuid& uuid, const wire::Sha1& otp, std::int64_t created, std::int64_t now);
  /// The machine is provisioned: its OTP is used up.
  void consume(const Uuid& uuid);
  bool isExpired(std::int64_t created, std::int64_t now) const { return created < now - limits_.lifetimeS; }

  std::size_t rows() const { return rows_.size(); }
  std::size_t used() const { return used_.size(); }

 private:
  struct Row {
    wire::Sha1 otp{};
    std::int64_t created = 0;
    bool used = false;
  };
  struct Hash {
    template <typename Array>
    std::size_t operator()(const Array& bytes) const {
      std::size_t first = 0;
      std::memcpy(&first, bytes.data() + 8, sizeof first);
      return first * 0x9E3779B97F4A7C15U;
    }
    std::size_t operator()(const Uuid& uuid) const { return (*this)(uuid.wire) ^ uuid.wire[0]; }
  };
  struct Holder {
    Uuid uuid;
    bool used = false;
  };

  Limits limits_;
  std::unordered_map<Uuid, Row, Hash> rows_;
  std::unordered_map<wire::Sha1, Holder, Hash> holders_;
  std::deque<wire::Sha1> used_;  // oldest first
};

}  // namespace vme::servicepoint
