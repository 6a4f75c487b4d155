#include "firmware/nonce.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "wire/http_digest.hpp"

namespace vme::firmware {
namespace {

constexpr std::size_t kTimeBytes = 8;

struct Form {
  std::size_t random;
  std::size_t hash;
  bool hex;

  std::size_t signedBytes() const { return random + kTimeBytes; }
};

Form formOf(const machine::Me& me) {
  return me.profile.auth.challenge == profile::ChallengeForm::old ? Form{0, 8, true} : Form{4, 12, false};
}

/// MD5(key, what is signed, key): the length is fixed, so the hash cannot be extended.
wire::Md5 keyedHash(const machine::Me& me, ByteView signedPart) {
  std::array<std::uint8_t, 16> key{};
  me.draw.fill(key, "nonce-key");
  std::string text(asText(key));
  text.append(asText(signedPart)).append(asText(key));
  return wire::md5(text);
}

}  // namespace

std::string makeNonce(const machine::Me& me) {
  const auto form = formOf(me);
  const auto time = static_cast<std::uint64_t>(me.now.ms);
  Bytes nonce(form.random);
  me.draw.fill(nonce, "nonce", time);
  appendLe32(nonce, static_cast<std::uint32_t>(time));
  appendLe32(nonce, static_cast<std::uint32_t>(time >> 32U));
  const auto hash = keyedHash(me, nonce);
  nonce.insert(nonce.end(), hash.begin(), hash.begin() + static_cast<std::ptrdiff_t>(form.hash));
  return form.hex ? toHex(nonce) : toBase64(nonce);
}

std::optional<MeTime> nonceTime(const machine::Me& me, std::string_view nonce) {
  const auto form = formOf(me);
  const auto bytes = form.hex ? fromHex(nonce) : fromBase64(nonce);
  if (!bytes || bytes->size() != form.signedBytes() + form.hash) return std::nullopt;
  const auto signedPart = ByteView(*bytes).first(form.signedBytes());
  const auto hash = keyedHash(me, signedPart);
  if (!std::equal(bytes->end() - static_cast<std::ptrdiff_t>(form.hash), bytes->end(), hash.begin())) {
    return std::nullopt;
  }
  const std::uint64_t low = readLe32(signedPart, form.random);
  const std::uint64_t high = readLe32(signedPart, form.random + 4);
  return MeTime{static_cast<std::int64_t>(high << 32U | low)};
}

}  // namespace vme::firmware
