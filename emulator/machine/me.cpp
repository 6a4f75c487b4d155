#include "machine/me.hpp"

namespace vme::machine {

const Nvram& Me::nvram() const {
  static const Nvram kFactory;
  return overlay ? *overlay : kFactory;
}

Nvram& Me::change() {
  changed = true;
  if (!overlay) overlay = std::make_unique<Nvram>();
  return *overlay;
}

MeDuration latency(const Me& me, unsigned baseMs, bool stores, std::uint64_t drawNumber) {
  const double scale = me.environment.timingScale;
  if (scale == 0.0) return {};
  const auto& timing = me.profile.timing;
  const double others = me.hot.openConnections > 1 ? me.hot.openConnections - 1.0 : 0.0;
  const double jitter = timing.jitterPct / 100.0 * (2.0 * me.draw.unit("latency", drawNumber) - 1.0);
  const double ms =
      baseMs * (1.0 + timing.loadFactorPerConn * others) * (1.0 + jitter) + (stores ? timing.flashWriteMs : 0U);
  return MeDuration::milliseconds(static_cast<std::int64_t>(ms * scale));
}

MeDuration scaled(const Me& me, unsigned seconds) {
  return MeDuration::milliseconds(static_cast<std::int64_t>(seconds * 1000.0 * me.environment.timingScale));
}

}  // namespace vme::machine
