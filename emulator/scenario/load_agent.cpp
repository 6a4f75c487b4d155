#include "scenario/load_agent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "scenario/load_group.hpp"

namespace vme::scenario {
namespace {

using host::AgentFault;
using profile::YamlCursor;
using wire::agent::TaskStep;

template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

constexpr Words<host::Driver, 3> kDrivers{
    {{"absent", host::Driver::absent}, {"old", host::Driver::old}, {"current", host::Driver::current}}};
constexpr Words<bool, 2> kPowers{{{"up", true}, {"down", false}}};
constexpr Words<bool, 2> kHellos{{{"noted", false}, {"either", true}}};
constexpr Words<AgentFault, 5> kOtps{{{"right", AgentFault::none},
                                      {"expired", AgentFault::expiredOtp},
                                      {"reused", AgentFault::reusedOtp},
                                      {"of-another", AgentFault::otpOfAnother},
                                      {"wrong", AgentFault::wrongOtp}}};
using Tool = bool host::Tools::*;
constexpr Words<Tool, 3> kTools{{{"agent", &host::Tools::agent},
                                 {"rng-seed-creator", &host::Tools::rngSeedCreator},
                                 {"firmware-updater", &host::Tools::firmwareUpdater}}};
constexpr std::string_view kNone = "none";
constexpr std::uint64_t kMostAttempts = 1000;

const Section& collectionSection() {
  static const Section section = [] {
    std::vector<std::string> steps;
    for (const auto step : wire::agent::wholeSequence()) steps.emplace_back(wire::agent::wordOf(step));
    return Section{"collection",
                   {{"name", "as groups name it", {nameShape("-_")}, true},
                    {"task_sequence", "what its agents do; default all", {shape::list({shape::word(steps)}, true)}}}};
  }();
  return section;
}

std::int64_t readSeconds(const YamlCursor& value) {
  const auto ms = value.durationMs();
  if (ms < 1000) value.fail(value.path() + " is less than a second. write a duration such as 15m");
  return ms / 1000;
}

std::vector<TaskStep> readSequence(const YamlCursor& list) {
  std::vector<std::pair<std::string_view, TaskStep>> table;
  for (const auto step : wire::agent::wholeSequence()) table.emplace_back(wire::agent::wordOf(step), step);
  std::vector<TaskStep> steps;
  for (const auto& item : list.items()) steps.push_back(item.choice<TaskStep>(table));
  if (steps.empty()) list.fail(list.path() + " is empty. name at least one step, or leave the key out");
  return steps;
}

std::vector<PolicySpec::Collection> readCollections(const YamlCursor& list) {
  std::vector<PolicySpec::Collection> collections;
  for (const auto& item : list.items()) {
    PolicySpec::Collection collection{readName(item.at("name"), "-_"), wire::agent::wholeSequence()};
    if (collection.name == kNone) {
      item.at("name").fail("none is what a group says that is in no collection. choose another name");
    }
    if (std::ranges::find(collections, collection.name, &PolicySpec::Collection::name) != collections.end()) {
      item.at("name").fail(fmt::format("there are two collections \"{}\". give each its own name", collection.name));
    }
    if (const auto sequence = item.find("task_sequence")) collection.sequence = readSequence(*sequence);
    finish(item, collectionSection());
    collections.push_back(std::move(collection));
  }
  return collections;
}

void readAgent(const YamlCursor& map, GroupSpec& spec) {
  if (const auto otp = map.find("otp")) spec.agentFault = otp->choice<AgentFault>(kOtps);
  if (const auto attempts = map.find("attempts")) {
    spec.agentAttempts = static_cast<unsigned>(attempts->number(1, kMostAttempts));
  }
  finish(map, agentSection());
}

host::Tools readTools(const YamlCursor& list) {
  host::Tools tools{.agent = false, .rngSeedCreator = false, .firmwareUpdater = false};
  for (const auto& item : list.items()) tools.*item.choice<Tool>(kTools) = true;
  return tools;
}

void readHost(const YamlCursor& map, bool hasAgents, runtime::PcOptions& pc) {
  if (const auto driver = map.find("driver")) pc.driver = driver->choice<host::Driver>(kDrivers);
  if (const auto os = map.find("os")) pc.osUp = os->choice<bool>(kPowers);
  if (const auto domain = map.find("domain")) pc.domain = readName(*domain, "-.");
  if (const auto tools = map.find("tools")) pc.tools = readTools(*tools);
  if (const auto share = map.find("update_fails")) {
    if (!hasAgents) share->fail(share->path() + " needs agents, which update. write provisioning: agent");
    pc.updateFails = share->share();
  }
  finish(map, hostSection());
}

}  // namespace

const Section& policySection() {
  static const Section section{
      "policy",
      {{"collections",
        "of machines; default everyone, with the whole sequence",
        {shape::list({shape::map(collectionSection)})}},
       {"firmware", "profiles of which it has firmware images", {shape::list({shape::text()})}},
       {"driver", "whether it has a HECI driver package; default true", {shape::boolean()}},
       {"otp_lifetime", "of a one-time password, from the agent's date of it; default 15m", {shape::duration()}},
       {"retry", "until an agent that did not get on evaluates its policy again; default 1h", {shape::duration()}},
       {"hellos", "either: a hello may start a machine that has an agent; default noted", {shape::wordOf(kHellos)}}}};
  return section;
}

const Section& hostSection() {
  static const Section section{
      "host",
      {{"driver", "the HECI driver; default current", {shape::wordOf(kDrivers)}},
       {"os", "down: off until someone switches it on; default up", {shape::wordOf(kPowers)}},
       {"domain", "of the PC's name; default dns_suffix", {nameShape("-.")}},
       {"tools", "what is installed; default all", {shape::list({shape::wordOf(kTools)})}},
       {"update_fails", "share of firmware updates that end half-way, once a machine", {shape::share()}}}};
  return section;
}

const Section& agentSection() {
  static const Section section{
      "agent",
      {{"otp", "the one-time password that it sends, and how it goes wrong; default right", {shape::wordOf(kOtps)}},
       {"attempts", "how often it evaluates its policy", {shape::integer(1, kMostAttempts)}}}};
  return section;
}

PolicySpec readPolicy(const YamlCursor& map, const profile::Catalogue& catalogue) {
  PolicySpec policy;
  if (const auto list = map.find("collections")) policy.collections = readCollections(*list);
  if (const auto list = map.find("firmware")) {
    for (const auto& item : list->items()) policy.firmware.push_back(catalogue.find(item.text(), item.place()));
  }
  if (const auto driver = map.find("driver")) policy.driver = driver->boolean();
  if (const auto lifetime = map.find("otp_lifetime")) policy.otpLifetimeS = readSeconds(*lifetime);
  if (const auto retry = map.find("retry")) policy.retryS = readSeconds(*retry);
  if (const auto hellos = map.find("hellos")) policy.hellosToo = hellos->choice<bool>(kHellos);
  finish(map, policySection());
  return policy;
}

void readPc(const YamlCursor& map, bool hasAgents, GroupSpec& spec) {
  if (const auto host = map.find("host")) readHost(*host, hasAgents, spec.group.pc);
  for (const auto key : {"agent", "collection"}) {
    if (const auto value = map.find(key); value && !hasAgents) {
      value->fail(
          fmt::format("{} is for machines with an agent. write provisioning: agent, or leave it out", value->path()));
    }
  }
  if (const auto agent = map.find("agent")) readAgent(*agent, spec);
  if (const auto collection = map.find("collection")) {
    spec.collection = readName(*collection, "-_");
    if (spec.collection == kNone) spec.collection.clear();
  }
}

void joinAgents(Scenario& scenario, const profile::Catalogue& catalogue, const std::string& place) {
  auto& policy = scenario.servicePoint.policy;
  const bool hasAgents =
      std::ranges::any_of(scenario.groups, [](const GroupSpec& spec) { return spec.provisioning == "agent"; });
  if (!hasAgents) return;
  if (!scenario.servicePoint.embedded && (policy.port == 0 || policy.siteSecret.empty())) {
    throw ConfigError(place,
                      "agents need the policy server of an external service point. add service_point.policy_port and "
                      "site_secret");
  }
  if (policy.collections.empty()) policy.collections = {{std::string(kEveryone), wire::agent::wholeSequence()}};
  for (auto& spec : scenario.groups) {
    if (spec.provisioning != "agent") continue;
    const auto known = [&](const PolicySpec::Collection& one) { return one.name == spec.collection; };
    if (scenario.servicePoint.embedded && !spec.collection.empty() && std::ranges::none_of(policy.collections, known)) {
      throw ConfigError(place, fmt::format("group {} is in the collection \"{}\", which service_point.policy does not "
                                           "have. name it there, or write collection: none",
                                           spec.group.name, spec.collection));
    }
    for (const auto& to : policy.firmware) {
      const auto& own = *spec.group.profile;
      if (to->identity.chipset != own.identity.chipset || to->name == own.name) continue;
      spec.group.upgrades.push_back({own.compat.empty() ? to : catalogue.withCompat(*to, own.compat, place), {}});
    }
  }
}

}  // namespace vme::scenario
