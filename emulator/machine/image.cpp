#include "machine/image.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "machine/archive.hpp"
#include "machine/image_fields.hpp"

namespace vme::machine {
namespace {

constexpr unsigned kPskPreset = 1, kAdminPreset = 2, kMebxChanged = 4, kWindowUsed = 8, kRngSeeded = 16, kClockSet = 32,
                   kRecovering = 64;
constexpr unsigned kAllFlags = 127;
constexpr std::uint16_t kAsItCame = 1;

HotRecord hotFrom(const FlashRecord& flash) {
  HotRecord hot;
  hot.state = flash.state;
  hot.method = flash.method;
  hot.mode = flash.mode;
  hot.windowEnds = flash.windowEnds;
  hot.flashLockedUntil = flash.flashLockedUntil;
  hot.clockOffsetS = flash.clockOffsetS;
  hot.flashWrites = flash.flashWrites;
  hot.pskPreset = (flash.flags & kPskPreset) != 0;
  hot.adminPreset = (flash.flags & kAdminPreset) != 0;
  hot.mebxChanged = (flash.flags & kMebxChanged) != 0;
  hot.windowUsed = (flash.flags & kWindowUsed) != 0;
  hot.rngSeeded = (flash.flags & kRngSeeded) != 0;
  hot.clockSet = (flash.flags & kClockSet) != 0;
  hot.recovering = (flash.flags & kRecovering) != 0;
  return hot;
}

bool hasKey(const Nvram& nvram, std::uint32_t certificate) {
  const auto found = std::ranges::find(nvram.certificates, certificate, &StoredCertificate::handle);
  if (found == nvram.certificates.end()) return false;
  return std::ranges::find(nvram.keys, found->modulusSha1, &StoredKey::modulusSha1) != nvram.keys.end();
}

/// What no sequence of operations leads to; empty when there is nothing of it.
std::string contradiction(const FlashRecord& flash) {
  if (flash.flags > kAllFlags) return "unknown flags are set";
  if (flash.state != State::inSetup && flash.windowEnds != MeTime::never()) return "a window is open outside set-up";
  if (flash.windowEnds.ms < 0) return "the window ends before all time";
  return {};
}
std::string contradiction(const Nvram& nvram) {
  if (nvram.tls.network.enabled && !hasKey(nvram, nvram.tls.certificate)) return "TLS is on without its key";
  if (nvram.psk && !(wire::isPidAlphabet(nvram.psk->pidText()) && wire::isPpsAlphabet(nvram.psk->ppsText()))) {
    return "the PSK pair has characters that none has";
  }
  const auto fits = [](const RootEntry& root) {
    return root.hash.hash.size() == wire::hashLength(static_cast<std::uint8_t>(root.hash.algorithm));
  };
  if (nvram.roots && !std::ranges::all_of(*nvram.roots, fits)) return "a root hash has not its length";
  return {};
}

}  // namespace

FlashRecord flashOf(const HotRecord& hot) {
  const auto& [wakeAt, nextHello, windowEnds, closedUntil, flashLockedUntil, clockOffsetS, answers, helloAttempt,
               flashWrites, state, method, mode, powerState, openConnections, setupSessions, failedLogins,
               stateAtOutage, pskPreset, adminPreset, mebxChanged, windowUsed, rngSeeded, clockSet, linkUp, recovering,
               unplugged, acLost, staysOff, hostIsLinux, addressLost] = hot;
  const unsigned flags = (pskPreset ? kPskPreset : 0U) | (adminPreset ? kAdminPreset : 0U) |
                         (mebxChanged ? kMebxChanged : 0U) | (windowUsed ? kWindowUsed : 0U) |
                         (rngSeeded ? kRngSeeded : 0U) | (clockSet ? kClockSet : 0U) | (recovering ? kRecovering : 0U);
  return {.state = state,
          .method = method,
          .mode = mode,
          .flags = static_cast<std::uint8_t>(flags),
          .windowEnds = windowEnds,
          .flashLockedUntil = flashLockedUntil,
          .clockOffsetS = clockOffsetS,
          .flashWrites = flashWrites};
}

Bytes encodeImage(const HotRecord& hot, const Nvram* overlay, std::string_view profile) {
  Bytes out;
  out.reserve(overlay ? 512 : 32);
  Writer archive(out);
  archive(profile.empty() ? kAsItCame : kImageVersion, flashOf(hot), overlay != nullptr);
  if (overlay) archive(*overlay);
  if (!profile.empty()) archive(std::string(profile));
  return out;
}

Result<Image> decodeImage(ByteView bytes) {
  Reader archive(bytes);
  std::uint16_t version = 0;
  FlashRecord flash;
  bool hasOverlay = false;
  archive(version);
  if (!archive.error() && (version < kAsItCame || version > kImageVersion)) {
    return fail("offset 0", "a machine's image is of version " + std::to_string(version) + ", which is newer than " +
                                std::to_string(kImageVersion) + " or none");
  }
  archive(flash, hasOverlay);
  Image image;
  if (hasOverlay) archive(*(image.overlay = std::make_unique<Nvram>()));
  if (version == kImageVersion) {
    archive(image.profile);
    if (!archive.error() && image.profile.empty()) archive.fault("the profile of the update has no name");
  }
  if (!archive.error() && !archive.atEnd()) archive.fault("bytes follow behind the end");
  if (!archive.error()) {
    auto text = contradiction(flash);
    if (text.empty() && image.overlay) text = contradiction(*image.overlay);
    if (!text.empty()) archive.fault(std::move(text));
  }
  if (archive.error()) return std::unexpected(*archive.error());
  image.hot = hotFrom(flash);
  return image;
}

}  // namespace vme::machine
