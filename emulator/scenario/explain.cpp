#include "scenario/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <cmath>
#include <numeric>
#include <vector>

#include "scenario/explain_phases.hpp"
#include "scenario/roster.hpp"

namespace vme::scenario {
namespace {

/// `1 machine`, `20 machines`.
std::string counted(std::uint64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string shapeText(const fleet::Arrival& arrival) {
  if (arrival.over.ms == 0 || arrival.shape == fleet::ArrivalShape::together) return "all at once";
  const auto over = timeText(arrival.over.ms);
  switch (arrival.shape) {
    case fleet::ArrivalShape::random:
      return fmt::format("at random within {}", over);
    case fleet::ArrivalShape::ramp:
      return fmt::format("within {}, more and more of them towards the end", over);
    default:
      return fmt::format("evenly within {}", over);
  }
}

std::string arrivalText(const fleet::Arrival& arrival) {
  if (arrival.traceMs) {
    return fmt::format("as the {} of a trace say, the last after {}", counted(arrival.traceMs->size(), "line"),
                       timeText(arrival.traceMs->back()));
  }
  if (arrival.poissonRate) return fmt::format("at random, {:g} a second in the mean", *arrival.poissonRate);
  if (!arrival.waves) return shapeText(arrival);
  return fmt::format("in {}, one every {}, each {}", counted(arrival.waves->count, "wave"),
                     timeText(arrival.waves->every.ms), shapeText(arrival));
}

std::string provisioningText(const GroupSpec& spec) {
  if (spec.provisioning == "none") return "have power and stay silent; nothing provisions them";
  if (spec.provisioning == "agent") {
    return fmt::format("are started by the client agent on their PC{} and set up by certificate",
                       spec.collection.empty() ? ", which is in no collection," : "");
  }
  if (spec.group.usbKey) {
    return fmt::format("take a record of a USB key each, send hellos and are set up by {}",
                       spec.method == "psk" ? "PSK" : "certificate");
  }
  return spec.method == "psk" ? "send hellos and are set up with the PSK pair that was entered"
                              : "send hellos and are set up by certificate";
}

std::string whoText(const fault::Rule& rule) {
  if (!rule.machines.empty()) return fmt::format("machines {} of the group", fmt::join(rule.machines, ", "));
  if (rule.first) return fmt::format("the first {} of the group", *rule.first);
  return rule.share >= 1 ? "all of them" : fmt::format("{:g} % of them", rule.share * 100);
}

/// What makes these machines other than well.
std::vector<std::string> troubleOf(const GroupSpec& spec) {
  using Rule = servicepoint::Approval::Rule;
  std::vector<std::string> all;
  if (spec.approval == Rule::refuse) all.emplace_back("the service point's list does not approve them");
  if (spec.approval == Rule::block) all.emplace_back("the service point's list blocks them");
  if (!spec.servicePointKnowsPsk) all.emplace_back("the service point does not hold their PSK pairs");
  if (spec.wrongPps) all.emplace_back("the service point holds another PPS than theirs");
  if (!spec.rootPresent) all.emplace_back("the service point's root is not in their hash table");
  if (spec.rootInactive) all.emplace_back("the service point's root is not active in their hash table");
  if (spec.expectedOtp && *spec.expectedOtp != spec.group.environment.otp) {
    all.emplace_back("the service point expects another one-time password than theirs");
  }
  switch (spec.agentFault) {
    case host::AgentFault::expiredOtp:
      all.emplace_back("their agents date the one-time password before its lifetime");
      break;
    case host::AgentFault::reusedOtp:
      all.emplace_back("their agents use a one-time password twice");
      break;
    case host::AgentFault::otpOfAnother:
      all.emplace_back("their agents share one one-time password, as clones of a disk");
      break;
    case host::AgentFault::wrongOtp:
      all.emplace_back("their agents send another one-time password than the ME holds");
      break;
    default:
      break;
  }
  if (spec.group.pc.driver == host::Driver::absent) all.emplace_back("their PCs have no HECI driver");
  if (spec.group.pc.driver == host::Driver::old) all.emplace_back("their PCs have an old HECI driver");
  if (!spec.group.pc.osUp) all.emplace_back("their PCs are off");
  if (spec.group.pc.updateFails > 0) {
    all.push_back(fmt::format("{:g} % of their firmware updates end half-way", spec.group.pc.updateFails * 100));
  }
  if (spec.group.environment.dhcpSuffix.empty()) all.emplace_back("DHCP gives them no DNS suffix");
  if (spec.group.faults) {
    for (const auto& rule : spec.group.faults->rules) {
      auto text = fmt::format("{} acts on {}", rule.id, whoText(rule));
      if (rule.from > 1) text += fmt::format(", from the {}. time on", rule.from);
      if (rule.times > 0) text += fmt::format(", {} a machine", counted(rule.times, "time"));
      if (rule.after.ms > 0) text += fmt::format(", {} after it came up", timeText(rule.after.ms));
      if (rule.lasts.ms > 0) text += fmt::format(", for {}", timeText(rule.lasts.ms));
      all.push_back(std::move(text));
    }
  }
  return all;
}

std::string groupLines(const GroupSpec& spec) {
  const auto& group = spec.group;
  const auto first = group.part.before, last = first + group.machines - 1;
  auto out = fmt::format("  {}/{}{}: {} with {}{}\n", group.name, first,
                         group.machines == 1 ? "" : fmt::format(" to {}/{}", group.name, last),
                         counted(group.machines, "machine"), group.profile->name,
                         group.profile->compat.empty() ? ""
                                                       : fmt::format(" plus {}, which that firmware did not have",
                                                                     fmt::join(group.profile->compat, ", ")));
  out += fmt::format(
      "      come {}, {}; TLS as {}\n", arrivalText(group.arrival), provisioningText(spec),
      group.environment.tls == machine::TlsMode::modern ? "modern servers speak it (1.2, 1.3)" : "in their time (1.0)");
  for (const auto& trouble : troubleOf(spec)) out += fmt::format("      what goes wrong: {}\n", trouble);
  return out;
}

std::string addressText(std::uint32_t ipv4) {
  return boost::asio::ip::address_v4(ipv4).to_string();
}

std::string openedText(const Scenario& scenario, std::uint32_t machines) {
  const auto base = scenario.fleet.addresses.base;
  auto out = fmt::format(
      "opened\n  the machines: ports {} (HTTP) and {} (TLS) on {} to {}, {}\n", scenario.fleet.httpPort,
      scenario.fleet.httpsPort, addressText(base), addressText(base + machines - 1),
      scenario.fleet.exposure == net::Exposure::loopbackOnly ? "for this computer alone" : "for the network");
  const auto& point = scenario.servicePoint;
  if (point.embedded) {
    out += fmt::format("  the service point: {} for hellos on {}\n",
                       point.helloPort == 0 ? "a free port" : fmt::format("port {}", point.helloPort),
                       point.options.address.to_string());
  } else {
    out += fmt::format("  hellos go to the service point {}:{}, which runs elsewhere\n", point.host, point.helloPort);
  }
  return out;
}

std::string servicePointText(const Scenario& scenario) {
  const auto& point = scenario.servicePoint;
  if (!point.embedded) {
    return fmt::format("service point\n  an external one; a machine counts as provisioned once it is operational{}\n",
                       point.verifies ? " and somebody has logged in with the account that was made" : "");
  }
  const auto& options = point.options;
  const std::string_view api = options.api == servicepoint::Api::eoi     ? "EOI"
                               : options.api == servicepoint::Api::wsman ? "WS-Man"
                                                                         : "WS-Man where the firmware has it, else EOI";
  return fmt::format("service point\n  the embedded one, {} at once, {} each, by {}\n",
                     counted(options.concurrency, "machine"), counted(options.attempts, "attempt"), api);
}

std::string timeLines(const Scenario& scenario, const Roster& roster) {
  const auto last = roster.lastArrivalMs();
  std::string out = "time\n";
  if (scenario.clock.skipIdle) {
    out += fmt::format(
        "  the fleet's clock jumps over the time in which nothing happens; the last machine comes after "
        "{} of its time\n",
        timeText(last));
  } else {
    const auto real = static_cast<std::int64_t>(std::llround(static_cast<double>(last) / scenario.clock.speed));
    out += fmt::format("  the last machine comes after {}", timeText(last));
    out += scenario.clock.speed == 1.0 ? "\n"
                                       : fmt::format(" of the fleet's time, which runs {:g} times as fast: after {}\n",
                                                     scenario.clock.speed, timeText(real));
  }
  if (roster.expectedToSettle() > 0) {
    out += "  it ends when each machine that is to be provisioned has been, or was refused, or failed";
  } else {
    out += "  no machine is to be provisioned: it ends";
  }
  if (scenario.deadlineMs > 0) {
    out += fmt::format("{} after {}\n", roster.expectedToSettle() > 0 ? ", at the latest" : "",
                       timeText(scenario.deadlineMs));
  } else {
    out += roster.expectedToSettle() > 0 ? ", at the latest 10 min after the last has come\n" : " at once\n";
  }
  return out;
}

std::string fieldLines(const Field& field) {
  auto out = fmt::format("reproduces {}\n", fmt::join(field.ids, ", "));
  if (!field.provisioning.empty()) {
    out += fmt::format("  of the list of provisioning failures: {}\n", fmt::join(field.provisioning, ", "));
  }
  if (!field.symptom.empty()) out += fmt::format("  symptom: {}\n", field.symptom);
  if (!field.why.empty()) out += fmt::format("  why: {}\n", field.why);
  if (!field.correct.empty()) out += fmt::format("  a correct server: {}\n", field.correct);
  if (field.naivePasses) {
    out += fmt::format("  a server that takes no care {}\n", *field.naivePasses ? "comes through" : "fails");
  }
  return out;
}

}  // namespace

std::string timeText(std::int64_t ms) {
  if (ms < 1000) return fmt::format("{} ms", ms);
  const double seconds = static_cast<double>(ms) / 1000;
  if (seconds < 120) return fmt::format("{:.3g} s", seconds);
  if (seconds < 2 * 3600) return fmt::format("{:.3g} min", seconds / 60);
  return fmt::format("{:.3g} h", seconds / 3600);
}

std::string explain(const Scenario& scenario) {
  const Roster roster(scenario);
  auto out = fmt::format("{}: {}, seed {}\n", scenario.name, counted(roster.size(), "machine"), scenario.seed);
  if (!scenario.description.empty()) out += fmt::format("  {}\n", scenario.description);
  if (scenario.field) out += fieldLines(*scenario.field);
  out += "who comes\n";
  for (const auto& spec : scenario.groups) out += groupLines(spec);
  out += servicePointText(scenario);
  out += timeLines(scenario, roster);
  out += phaseLines(scenario);
  out += "what must hold\n";
  for (const auto& expect : scenario.expect) out += fmt::format("  {}\n", expect.text);
  return out + openedText(scenario, roster.size());
}

}  // namespace vme::scenario
