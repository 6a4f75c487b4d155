#include "scenario/explain_phases.hpp"

#include <fmt/format.h>

#include <string_view>
#include <variant>

namespace vme::scenario {
namespace {

namespace act = runtime::act;

/// What befalls a machine, in words that go with "they".
struct ActText {
  std::string operator()(const act::Power& power) const {
    return power.isBack ? "get their mains back" : "lose the mains";
  }
  std::string operator()(const act::Host&) const { return "have their PC's power or system changed"; }
  std::string operator()(const act::Link& link) const {
    return link.isUp ? "get their network back" : "lose their network";
  }
  std::string operator()(const act::Update& update) const { return "are updated to " + update.profile; }
  std::string operator()(const act::Unprovision& one) const {
    return one.isFull ? "are unprovisioned in MEBx" : "are unprovisioned in part in MEBx";
  }
  std::string operator()(const act::SetRemoteConfiguration& one) const {
    return fmt::format("have remote configuration switched {} in MEBx", one.isOn ? "on" : "off");
  }
  std::string operator()(const act::LoseConfiguration&) const { return "lose their configuration"; }
  std::string operator()(const act::TakeUsbRecord&) const { return "boot with a USB key"; }
  std::string operator()(const act::StartAgent&) const { return "have their agent started"; }
  std::string operator()(const act::KillAgent&) const { return "have their agent killed"; }
  std::string operator()(const act::ResetMe& reset) const {
    return fmt::format("have their ME reset, for {}", timeText(reset.down.ms));
  }
  std::string operator()(const act::MoveAddress&) const { return "get another address"; }
  std::string operator()(const act::LoseAddress&) const { return "lose their address"; }
  std::string operator()(const act::ChangeDhcp&) const { return "get other answers from DHCP"; }
  std::string operator()(const act::ChangeClock&) const { return "have their ME's clock changed"; }
  std::string operator()(const act::DamageNvram& damage) const {
    return damage.isLost ? "lose their NVRAM" : "have their NVRAM damaged";
  }
  std::string operator()(const act::ChangeConditions&) const { return "meet other conditions"; }
};

std::string errandText(servicepoint::Errand errand, const std::string& machines) {
  switch (errand) {
    case servicepoint::Errand::partialUnprovision:
      return "the service point partly unprovisions " + machines;
    case servicepoint::Errand::sendCrl:
      return "the service point sends its revocation list to " + machines;
    case servicepoint::Errand::rebootToSetup:
      return fmt::format("the service point restarts {} into BIOS setup", machines);
    case servicepoint::Errand::none:
      break;
  }
  return "the service point looks at " + machines;
}

std::string serverText(const ServerAct& server, const std::string& machines) {
  switch (server.kind) {
    case ServerAct::Kind::stop:
      return "the service point stops";
    case ServerAct::Kind::start:
      return "the service point starts again";
    case ServerAct::Kind::restart:
      return "the service point restarts";
    case ServerAct::Kind::move:
      return "another service point takes its place";
    case ServerAct::Kind::expire:
      return "the provisioning certificate expires";
    case ServerAct::Kind::renew:
      return "the provisioning certificate is renewed";
    case ServerAct::Kind::errand:
      return errandText(server.errand, machines);
    case ServerAct::Kind::rule:
      break;
  }
  constexpr std::string_view kWhole = "all machines";
  const std::string_view whom = server.group.empty() ? kWhole : std::string_view(server.group);
  const auto rule = server.rule == servicepoint::Approval::Rule::approve  ? "approves"
                    : server.rule == servicepoint::Approval::Rule::refuse ? "no longer approves"
                                                                          : "blocks";
  return fmt::format("the service point's list {} {}", rule, whom);
}

std::string whomText(const Selection& whom) {
  std::string text = !whom.machines.empty() ? fmt::format("{}", fmt::join(whom.machines, ", "))
                     : whom.group.empty()   ? "all machines"
                                            : whom.group;
  return whom.share >= 1 ? text : fmt::format("{:g} % of {}", whom.share * 100, text);
}

std::string whenText(const Phase& phase) {
  std::string text;
  switch (phase.trigger.kind) {
    case Trigger::Kind::before:
      text = "before anybody comes";
      break;
    case Trigger::Kind::time:
      text = fmt::format("after {}", timeText(phase.trigger.time.ms));
      break;
    case Trigger::Kind::condition:
      text = fmt::format("once {}", phase.trigger.condition.text);
      break;
    case Trigger::Kind::after:
      text = "once all is done";
      break;
  }
  if (phase.delay.ms > 0) text += fmt::format(", and {} later", timeText(phase.delay.ms));
  return text;
}

std::string deedText(const Deed& deed, const Selection& whom) {
  if (const auto* server = std::get_if<ServerAct>(&deed)) return serverText(*server, whomText(whom));
  if (const auto* faults = std::get_if<FaultAct>(&deed)) {
    return fmt::format("{} have {} rules of faults", whomText(whom), faults->rules.size());
  }
  return fmt::format("{} {}", whomText(whom), std::visit(ActText{}, std::get<runtime::Act>(deed)));
}

}  // namespace

std::string phaseLines(const Scenario& scenario) {
  std::string out;
  for (const auto& phase : scenario.phases) {
    for (const auto& deed : phase.deeds) {
      out += fmt::format("  {}: {}\n", whenText(phase), deedText(deed, phase.whom));
    }
    if (!phase.wait) continue;
    out +=
        fmt::format("      then {} must come within {}\n", phase.wait->condition.text, timeText(phase.wait->within.ms));
  }
  return out.empty() ? out : "what happens meanwhile\n" + out;
}

}  // namespace vme::scenario
