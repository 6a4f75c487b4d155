#include "servicepoint/secrets.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>

#include "base/bytes.hpp"
#include "base/draw.hpp"

namespace vme::servicepoint {
namespace {

constexpr std::array<std::string_view, 4> kClasses{"ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789",
                                                   "!@#$%^*"};
constexpr std::size_t kPasswordLength = 16;

/// The UUID as one number, for draws.
std::uint64_t fold(const Uuid& uuid) {
  std::uint64_t value = 0;
  for (const auto byte : uuid.wire) value = (value ^ byte) * 0x100000001B3U;
  return value;
}

}  // namespace

void SecretSource::fill(std::span<std::uint8_t> out, const Uuid& uuid, std::string_view purpose) const {
  if (seed_ != 0) {
    Draw(seed_, fold(uuid)).fill(out, purpose);
  } else if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) {
    throw std::runtime_error("OpenSSL's random generator failed");
  }
}

std::string SecretSource::password(const Uuid& uuid, std::string_view purpose) const {
  std::array<std::uint8_t, 2 * kPasswordLength> random{};
  fill(random, uuid, purpose);
  std::string password;
  for (std::size_t i = 0; i < kPasswordLength; ++i) {
    const auto& letters = kClasses.at(i % kClasses.size());
    password += letters[random.at(i) % letters.size()];
  }
  for (std::size_t i = kPasswordLength - 1; i > 0; --i) {
    std::swap(password[i], password[random.at(kPasswordLength + i) % (i + 1)]);
  }
  return password;
}

wire::PskPair SecretSource::pskPair(const Uuid& uuid) const {
  std::array<std::uint8_t, 16> random{};
  fill(random, uuid, "psk-pair");
  std::uint64_t seed = 0;
  std::uint64_t machine = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    seed = seed << 8U | random.at(i);
    machine = machine << 8U | random.at(8 + i);
  }
  return wire::drawPskPair(Draw(seed, machine));
}

std::string hostNameOf(const Uuid& uuid) {
  return "vme-" + toHex(ByteView(uuid.wire).subspan(10));
}

}  // namespace vme::servicepoint
