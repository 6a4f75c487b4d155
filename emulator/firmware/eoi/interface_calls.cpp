// Which of the ME's interfaces are on: Web UI, SOL, IDE redirection and its listener.

#include <algorithm>
#include <array>

#include "firmware/eoi/handlers.hpp"
#include "machine/network.hpp"

namespace vme::firmware::eoi {
namespace {

using machine::EnabledInterfaces;

struct InterfaceRow {
  std::string_view name;
  bool EnabledInterfaces::* enabled;
};
constexpr std::array kInterfaces{
    InterfaceRow{"WebUI", &EnabledInterfaces::webUi},
    InterfaceRow{"SerialOverLan", &EnabledInterfaces::serialOverLan},
    InterfaceRow{"IdeRedirection", &EnabledInterfaces::ideRedirection},
};

}  // namespace

AmtStatus setEnabledInterfaces(Call& call) {
  auto interfaces = call.me.nvram().interfaces;
  for (const auto& row : kInterfaces) interfaces.*row.enabled = false;
  for (const auto& leaf : call.in.leaves()) {
    const auto name = leaf.text();
    if (name.empty()) continue;
    const auto* const row = std::ranges::find(kInterfaces, name, &InterfaceRow::name);
    if (row == kInterfaces.end()) return AmtStatus::invalidParameter;
    interfaces.*row->enabled = true;
  }
  return machine::setInterfaces(call.me, interfaces);
}

AmtStatus getEnabledInterfaces(Call& call) {
  const auto& interfaces = call.me.nvram().interfaces;
  for (const auto& row : kInterfaces) {
    if (interfaces.*row.enabled) call.out.text("EnabledInterfaces", row.name);
  }
  return AmtStatus::success;
}

AmtStatus setRedirectionListenerState(Call& call) {
  const auto enabled = call.in.flag("RedirectionListenerState");
  if (!enabled) return AmtStatus::invalidParameter;
  auto interfaces = call.me.nvram().interfaces;
  interfaces.redirectionListener = *enabled;
  return machine::setInterfaces(call.me, interfaces);
}

AmtStatus getRedirectionListenerState(Call& call) {
  call.out.flag("RedirectionListenerState", call.me.nvram().interfaces.redirectionListener);
  return AmtStatus::success;
}

AmtStatus getIderSessionLog(Call&) {
  return AmtStatus::success;  // no session ever took place
}

}  // namespace vme::firmware::eoi
