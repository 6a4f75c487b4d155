#include "scenario/load_deeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/nearest.hpp"
#include "scenario/load_faults.hpp"
#include "scenario/machine_names.hpp"
#include "scenario/quirk.hpp"

namespace vme::scenario {
namespace {

using machine::HostState;
using profile::YamlCursor;
using runtime::Act;
namespace act = runtime::act;

template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

constexpr std::int64_t kDay = 86400, kYear = 365 * kDay;
constexpr Words<bool, 2> kAc{{{"lost", false}, {"back", true}}};
constexpr Words<bool, 2> kUnprovision{{{"full", true}, {"partial", false}}};
constexpr Words<bool, 2> kRemoteConfiguration{{{"on", true}, {"off", false}}};
constexpr Words<bool, 2> kNvram{{{"lose", true}, {"corrupt", false}}};
constexpr Words<int, 1> kMove{{{"move", 0}}};
enum class HostWord : std::uint8_t { on, sleep, hibernate, off, linux, windows };
constexpr Words<HostWord, 6> kHost{{{"on", HostWord::on},
                                    {"sleep", HostWord::sleep},
                                    {"hibernate", HostWord::hibernate},
                                    {"off", HostWord::off},
                                    {"os-linux", HostWord::linux},
                                    {"os-windows", HostWord::windows}}};
enum class LinkWord : std::uint8_t { up, down, wifi };
constexpr Words<LinkWord, 3> kLink{{{"up", LinkWord::up}, {"down", LinkWord::down}, {"wifi", LinkWord::wifi}}};
struct ServicePointWord {
  ServerAct::Kind kind;
  servicepoint::Errand errand = servicepoint::Errand::none;
};
constexpr Words<ServicePointWord, 6> kServicePoint{
    {{"stop", {ServerAct::Kind::stop}},
     {"start", {ServerAct::Kind::start}},
     {"restart", {ServerAct::Kind::restart}},
     {"partial-unprovision", {ServerAct::Kind::errand, servicepoint::Errand::partialUnprovision}},
     {"send-crl", {ServerAct::Kind::errand, servicepoint::Errand::sendCrl}},
     {"reboot-to-setup", {ServerAct::Kind::errand, servicepoint::Errand::rebootToSetup}}}};
constexpr Words<ServerAct::Kind, 1> kDns{{{"moves", ServerAct::Kind::move}}};
constexpr Words<ServerAct::Kind, 2> kCertificate{
    {{"expires", ServerAct::Kind::expire}, {"renewed", ServerAct::Kind::renew}}};

struct Reading {
  const Selection& whom;
  Scenario& scenario;
  const profile::Catalogue& catalogue;
  std::vector<Deed>& deeds;

  /// The runtime groups that the phase concerns.
  template <typename Visit>
  void eachGroup(Visit visit) {
    for (auto& spec : scenario.groups) {
      const auto& name = spec.group.name;
      const bool isNamed = std::ranges::any_of(
          whom.machines, [&](const std::string& machine) { return machine.starts_with(name + "/"); });
      if (whom.machines.empty() ? whom.group.empty() || whom.group == name : isNamed) visit(spec);
    }
  }
};

void readPower(const YamlCursor& value, Reading& in) {
  in.deeds.emplace_back(Act(act::Power{value.choice<bool>(kAc)}));
}

void readHost(const YamlCursor& value, Reading& in) {
  act::Host host;
  switch (value.choice<HostWord>(kHost)) {
    case HostWord::on:
      break;
    case HostWord::sleep:
      host.state = HostState::sleep;
      break;
    case HostWord::hibernate:
      host.state = HostState::hibernate;
      break;
    case HostWord::off:
      host.state = HostState::off;
      break;
    case HostWord::linux:
      host.isLinux = true;
      break;
    case HostWord::windows:
      host.isLinux = false;
      break;
  }
  in.deeds.emplace_back(Act(host));
}

void readLink(const YamlCursor& value, Reading& in) {
  const auto word = value.choice<LinkWord>(kLink);
  if (word == LinkWord::wifi) {
    in.eachGroup([&](const GroupSpec& spec) {
      if (spec.group.profile->net.wifi) return;
      value.fail(fmt::format("{} is wifi, which {} does not have. write down", value.path(), spec.group.profile->name));
    });
  }
  // Set-up runs on the wire alone, and the ME's own wireless interface is not there: what is left is no wire.
  in.deeds.emplace_back(Act(act::Link{word == LinkWord::up}));
}

void readUpdate(const YamlCursor& map, Reading& in) {
  const auto to = map.at("to");
  auto profile = in.catalogue.find(to.text(), to.place());
  map.finish();
  bool fits = false;
  in.eachGroup([&](GroupSpec& spec) {
    if (spec.group.profile->identity.chipset != profile->identity.chipset) return;
    fits = true;
    auto& upgrades = spec.group.upgrades;
    const auto isIt = [&](const runtime::Build& build) { return build.profile->name == profile->name; };
    const auto& compat = spec.group.profile->compat;
    auto build = compat.empty() ? profile : in.catalogue.withCompat(*profile, compat, to.place());
    if (std::ranges::none_of(upgrades, isIt)) upgrades.push_back({std::move(build), {}});
  });
  if (!fits) {
    to.fail(fmt::format("{} is {}, whose chipset {} none of these machines has. name a release for theirs", to.path(),
                        profile->name, profile->identity.chipset));
  }
  in.deeds.emplace_back(Act(act::Update{profile->name}));
}

void readUnprovision(const YamlCursor& value, Reading& in) {
  in.deeds.emplace_back(Act(act::Unprovision{value.choice<bool>(kUnprovision)}));
}

void readRemoteConfiguration(const YamlCursor& value, Reading& in) {
  in.eachGroup([&](const GroupSpec& spec) {
    if (spec.group.profile->prov.pki) return;
    value.fail(fmt::format("{}: {} is set up by PSK alone. name groups of other profiles", value.path(),
                           spec.group.profile->name));
  });
  in.deeds.emplace_back(Act(act::SetRemoteConfiguration{value.choice<bool>(kRemoteConfiguration)}));
}

/// A key whose value only says that it is there: `true`.
void requireTrue(const YamlCursor& value) {
  if (!value.boolean()) value.fail(value.path() + " is false, which does nothing. leave it out");
}

void readLoseConfiguration(const YamlCursor& value, Reading& in) {
  requireTrue(value);
  in.deeds.emplace_back(Act(act::LoseConfiguration{}));
}

void readUsbRecord(const YamlCursor& value, Reading& in) {
  const auto folder = std::filesystem::path(in.scenario.file).parent_path();
  in.deeds.emplace_back(
      Act(act::TakeUsbRecord{std::make_shared<runtime::UsbKey>(value.place(), folder / value.text())}));
}

void requireAgents(const YamlCursor& value, Reading& in) {
  requireTrue(value);
  in.eachGroup([&](const GroupSpec& spec) {
    if (spec.provisioning == "agent") return;
    value.fail(fmt::format("{}: the machines of {} have no agent. write provisioning: agent there, or name a group",
                           value.path(), spec.group.name));
  });
}

void readStartAgent(const YamlCursor& value, Reading& in) {
  requireAgents(value, in);
  in.deeds.emplace_back(Act(act::StartAgent{}));
}

void readKillAgent(const YamlCursor& value, Reading& in) {
  requireAgents(value, in);
  in.deeds.emplace_back(Act(act::KillAgent{}));
}

void readResetMe(const YamlCursor& map, Reading& in) {
  in.deeds.emplace_back(Act(act::ResetMe{MeDuration::milliseconds(map.at("down").durationMs())}));
  map.finish();
}

void readIp(const YamlCursor& value, Reading& in) {
  value.choice<int>(kMove);
  in.deeds.emplace_back(Act(act::MoveAddress{}));
}

void readDhcp(const YamlCursor& map, Reading& in) {
  act::ChangeDhcp dhcp;
  if (const auto suffix = map.find("option15")) dhcp.suffix = suffix->text();
  if (const auto servers = map.find("option6")) dhcp.hasResolver = servers->text() != "none";
  map.finish();
  if (!dhcp.suffix && !dhcp.hasResolver) map.fail(map.path() + " is empty. write option15 or option6");
  in.deeds.emplace_back(Act(dhcp));
}

void readClock(const YamlCursor& map, Reading& in) {
  act::ChangeClock clock;
  if (const auto jump = map.find("jump")) clock.jumpS = readSpanS(*jump);
  if (const auto offset = map.find("offset_s")) clock.offsetS = offset->integer(-60 * kYear, 60 * kYear);
  if (const auto drift = map.find("drift_ppm")) clock.driftPpm = drift->decimal(-1e6, 1e6);
  if (const auto lost = map.find("lost")) clock.isLost = lost->boolean();
  map.finish();
  in.deeds.emplace_back(Act(clock));
}

void readNvram(const YamlCursor& value, Reading& in) {
  in.deeds.emplace_back(Act(act::DamageNvram{value.choice<bool>(kNvram)}));
}

/// What a reader has changed besides the conditions cannot change any more.
bool isFixed(const GroupSpec& before, const GroupSpec& after) {
  const auto& now = after.group;
  return now.profile != before.group.profile || now.later.size() != before.group.later.size() ||
         now.environment.dhcpSuffix != before.group.environment.dhcpSuffix ||
         now.environment.setupPassword != before.group.environment.setupPassword ||
         now.pc.heciHidden != before.group.pc.heciHidden || after.enteredRoots != before.enteredRoots ||
         after.wrongPps != before.wrongPps || after.servicePointKnowsPsk != before.servicePointKnowsPsk ||
         now.environment.conditions.accounts != before.group.environment.conditions.accounts;
}

void readQuirksNow(const YamlCursor& map, Reading& in) {
  const auto known = machineQuirks();
  act::ChangeConditions change;
  for (const auto& spec : in.scenario.groups) change.ofGroups.push_back(spec.group.environment.conditions);
  for (const auto& [name, value] : map.entries()) {
    const auto reader = std::ranges::find(known, name, &QuirkReader::name);
    if (reader == known.end()) {
      std::vector<std::string> names;
      for (const auto& one : known) names.emplace_back(one.name);
      value.fail(fmt::format("there is no quirk \"{}\" of machines.{}", name, didYouMean(name, names)));
    }
    for (std::size_t i = 0; i < in.scenario.groups.size(); ++i) {
      auto changed = in.scenario.groups[i];
      changed.group.environment.conditions = change.ofGroups[i];
      const auto before = changed;
      reader->read(value, changed);
      if (isFixed(before, changed)) {
        value.fail(fmt::format("{} is settled when a machine comes up. write it in the group's quirks", value.path()));
      }
      change.ofGroups[i] = changed.group.environment.conditions;
    }
  }
  in.deeds.emplace_back(Act(std::move(change)));
}

/// Rules are a group's, not a machine's.
void requireWholeGroups(const YamlCursor& value, const Reading& in) {
  if (in.whom.machines.empty() && in.whom.share >= 1) return;
  value.fail(value.path() + " is for whole groups. leave machines and share out; a rule has a share of its own");
}

void readFaultsNow(const YamlCursor& list, Reading& in) {
  requireWholeGroups(list, in);
  in.deeds.emplace_back(FaultAct{readFaults(list, in.whom.group)});
}

void readClearFaults(const YamlCursor& value, Reading& in) {
  requireTrue(value);
  requireWholeGroups(value, in);
  in.deeds.emplace_back(FaultAct{});
  in.deeds.emplace_back(Act(act::ChangeConditions{std::vector<machine::Conditions>(in.scenario.groups.size())}));
}

void addServerAct(const YamlCursor& value, Reading& in, ServerAct act) {
  if (!in.scenario.servicePoint.embedded) {
    value.fail(value.path() + " is for the embedded service point. take the phase out, or let that one serve");
  }
  in.deeds.emplace_back(std::move(act));
}

void readServicePointAct(const YamlCursor& value, Reading& in) {
  const auto word = value.choice<ServicePointWord>(kServicePoint);
  addServerAct(value, in, {.kind = word.kind, .errand = word.errand});
}

template <const auto& Table>
void readServerAct(const YamlCursor& value, Reading& in) {
  addServerAct(value, in, {.kind = value.choice<ServerAct::Kind>(Table)});
}

template <servicepoint::Approval::Rule Rule>
void readRule(const YamlCursor& value, Reading& in) {
  addServerAct(value, in, {.kind = ServerAct::Kind::rule, .rule = Rule, .group = readGroupName(value, in.scenario)});
}

using Rule = servicepoint::Approval::Rule;
constexpr std::array<std::pair<std::string_view, void (*)(const YamlCursor&, Reading&)>, 24> kReaders{{
    {"ac", readPower},
    {"host", readHost},
    {"link", readLink},
    {"update", readUpdate},
    {"unprovision", readUnprovision},
    {"remote-configuration", readRemoteConfiguration},
    {"lose-config", readLoseConfiguration},
    {"usb-record", readUsbRecord},
    {"agent-start", readStartAgent},
    {"agent-kill", readKillAgent},
    {"reboot-me", readResetMe},
    {"ip", readIp},
    {"dhcp", readDhcp},
    {"clock", readClock},
    {"nvram", readNvram},
    {"faults", readFaultsNow},
    {"quirks", readQuirksNow},
    {"clear-faults", readClearFaults},
    {"service-point", readServicePointAct},
    {"dns", readServerAct<kDns>},
    {"certificate", readServerAct<kCertificate>},
    {"approve", readRule<Rule::approve>},
    {"refuse", readRule<Rule::refuse>},
    {"block", readRule<Rule::block>},
}};

void readMap(const YamlCursor& map, Reading& in) {
  for (const auto& [key, value] : map.entries()) {
    const auto reader = std::ranges::find(kReaders, key, [](const auto& row) { return row.first; });
    if (reader == kReaders.end()) {
      std::vector<std::string> names;
      for (const auto& row : kReaders) names.emplace_back(row.first);
      value.fail(fmt::format("there is no act \"{}\".{}", key, didYouMean(key, names)));
    }
    reader->second(value, in);
  }
}

}  // namespace

std::vector<Deed> readDeeds(const YamlCursor& value, const Selection& whom, Scenario& scenario,
                            const profile::Catalogue& catalogue) {
  std::vector<Deed> deeds;
  Reading in{whom, scenario, catalogue, deeds};
  if (value.isList()) {
    for (const auto& item : value.items()) readMap(item, in);
  } else {
    readMap(value, in);
  }
  if (deeds.empty()) value.fail(value.path() + " is empty. write what happens, as {ac: lost}");
  return deeds;
}

std::int64_t readSpanS(const YamlCursor& value) {
  auto text = value.text();
  const bool isBack = text.starts_with('-');
  if (isBack) text.erase(0, 1);
  std::optional<double> seconds;
  if (const auto ms = profile::parseDuration(text)) seconds = static_cast<double>(*ms) / 1000;
  if (!text.empty() && (text.back() == 'd' || text.back() == 'y')) {
    const auto unit = text.back() == 'd' ? kDay : kYear;
    text.back() = 's';
    if (const auto ms = profile::parseDuration(text))
      seconds = static_cast<double>(*ms) / 1000 * static_cast<double>(unit);
  }
  if (!seconds || *seconds > static_cast<double>(60 * kYear)) {
    value.fail(fmt::format("{} is \"{}\". write a time such as 90s, 3d, 1y or -1y, at most 60 years", value.path(),
                           value.text()));
  }
  const auto whole = std::llround(*seconds);
  return isBack ? -whole : whole;
}

}  // namespace vme::scenario
