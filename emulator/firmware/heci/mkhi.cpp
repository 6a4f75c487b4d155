#include "wire/mkhi.hpp"

#include <array>
#include <charconv>

#include "firmware/heci/clients.hpp"

namespace vme::firmware::heci {
namespace {

namespace mkhi = wire::mkhi;

mkhi::FwVersion versionOf(const Me& me) {
  const std::string_view text = me.profile.identity.version;
  std::array<std::uint16_t, 3> parts{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (auto& part : parts) {
    at = std::from_chars(at, end, part).ptr;
    if (at != end) ++at;
  }
  return {.major = parts[0],
          .minor = parts[1],
          .hotfix = parts[2],
          .build = static_cast<std::uint16_t>(me.profile.identity.build)};
}

/// Bits of the rules: 2 AMT, 17 IPv6, 18 KVM, 21 TLS.
std::uint32_t capabilities(const Me& me) {
  constexpr std::uint32_t kAmt = 1U << 2U, kIpv6 = 1U << 17U, kKvm = 1U << 18U, kTls = 1U << 21U;
  return kAmt | kTls | (me.profile.net.ipv6 ? kIpv6 : 0U) | (me.profile.features.kvm ? kKvm : 0U);
}

Bytes getRule(const Me& me, const mkhi::Header& header, ByteView data) {
  constexpr std::uint32_t kSkuCapabilities = 0, kUpdateState = 7, kFeaturesEnabled = 32;
  if (data.size() != 4) return mkhi::answer(header, mkhi::Result::sizeError);
  const auto rule = readLe32(data, 0);
  std::uint32_t value = 0;
  switch (rule) {
    case kSkuCapabilities:
    case kFeaturesEnabled:
      value = capabilities(me);
      break;
    case kUpdateState:
      value = 1;  // local update is allowed
      break;
    default:
      return mkhi::answer(header, mkhi::Result::notSupported);
  }
  Bytes answer;
  appendLe32(answer, rule);
  answer.push_back(4);
  appendLe32(answer, value);
  return mkhi::answer(header, mkhi::Result::success, answer);
}

Bytes answerTo(const Me& me, const mkhi::Header& header, ByteView data) {
  if (header.group == mkhi::kGroupGeneral && header.command == mkhi::kGetFwVersion) {
    if (!data.empty()) return mkhi::answer(header, mkhi::Result::sizeError);
    const auto version = versionOf(me);
    return mkhi::answer(header, mkhi::Result::success, mkhi::encode(version, version));
  }
  if (header.group == mkhi::kGroupCaps && header.command == mkhi::kGetRule) return getRule(me, header, data);
  return mkhi::answer(header, mkhi::Result::invalidCommand);
}

}  // namespace

Reaction onMkhi(const Me& me, ByteView message) {
  Reaction reaction;
  const auto header = mkhi::readHeader(message);
  if (!header) return reaction;
  reaction.actions.emplace_back(Send{answerTo(me, *header, message.subspan(mkhi::kHeaderSize))});
  return reaction;
}

}  // namespace vme::firmware::heci
