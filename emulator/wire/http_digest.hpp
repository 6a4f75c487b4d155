#pragma once
// HTTP digest authentication (RFC 2617 and the older RFC 2069 form), MD5, both sides. Pure: nonces are made and judged
// by the caller. Facts of AMT's own form: eoi.md 6.3, wsman.md 1.4.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace vme::wire {

using Md5 = std::array<std::uint8_t, 16>;
Md5 md5(std::string_view text);
/// HA1, what firmware keeps of a password: MD5(user:realm:password).
Md5 digestHash(std::string_view user, std::string_view realm, std::string_view password);

/// What an `Authorization: Digest ...` header says. Parameters may come in any order, quoted or not.
struct DigestAuthorization {
  std::string username;
  std::string realm;
  std::string nonce;
  std::string uri;
  std::string response;
  std::string qop;  // empty: RFC 2069 form
  std::string nc;   // as sent
  std::string cnonce;
  std::string opaque;
};

/// The error says what is malformed (no Digest scheme, an unterminated quote, a parameter twice, no username ...).
Result<DigestAuthorization> parseDigestAuthorization(std::string_view headerValue);

/// Whether `authorization.response` is exactly the 32 hex digits that `ha1` gives for the method; compared in constant
/// time over the full length, so that an empty or short response never matches (CVE-2017-5689).
bool digestMatches(const DigestAuthorization& authorization, std::string_view method, const Md5& ha1);

/// The challenge of a `WWW-Authenticate: Digest ...` header, for clients.
struct DigestChallenge {
  std::string realm;
  std::string nonce;
  std::string qop;
  std::string opaque;
  bool stale = false;
};
Result<DigestChallenge> parseDigestChallenge(std::string_view headerValue);

/// The client's Authorization header value. `nc` counts from 1 for a nonce.
std::string answerChallenge(const DigestChallenge& challenge, std::string_view user, std::string_view password,
                            std::string_view method, std::string_view uri, std::uint32_t nc, std::string_view cnonce);

}  // namespace vme::wire
