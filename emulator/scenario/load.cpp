#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <fstream>
#include <iterator>

#include "base/error.hpp"
#include "scenario/load_agent.hpp"
#include "scenario/load_expect.hpp"
#include "scenario/load_group.hpp"
#include "scenario/load_service_point.hpp"
#include "scenario/overrides.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

// Keys of the design that this version does not have.
constexpr std::array<std::string_view, 9> kLater{"faults", "host", "best_practice", "processes",   "capture",
                                                 "shard",  "keys", "quirks",        "closed_ports"};
constexpr std::uint32_t kLoopback = 0x7F000000, kLoopbackLast = 0x7FFFFFFE;
constexpr std::uint32_t kFirstMulticast = 0xE0000000;
constexpr double kFastest = 1e6;

const profile::Catalogue& builtInProfiles() {
  static const profile::Catalogue all;
  return all;
}

runtime::ClockOptions readClock(const YamlCursor& value) {
  runtime::ClockOptions clock;
  if (value.isScalar()) {
    if (value.text() != "skip-idle") {
      value.fail(fmt::format("clock is \"{}\". write skip-idle, or {{speed: 60}}", value.text()));
    }
    clock.skipIdle = true;
    return clock;
  }
  const auto speed = value.at("speed");
  clock.speed = speed.decimal(0, kFastest);
  if (clock.speed <= 0) speed.fail("clock.speed is 0, which stops the fleet's clock. write a number above 0");
  value.finish();
  return clock;
}

void readAddress(const YamlCursor& value, runtime::FleetOptions& fleet) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v4(value.text(), error);
  if (error) value.fail(fmt::format("address is \"{}\". write an IPv4 address, as 127.16.0.0", value.text()));
  fleet.addresses.base = address.to_uint();
  // Only loopback is kept from the network; other addresses are meant to be reached.
  if (!address.is_loopback()) fleet.exposure = net::Exposure::anywhere;
}

void readPorts(const YamlCursor& map, runtime::FleetOptions& fleet) {
  if (const auto port = map.find("http")) fleet.httpPort = static_cast<std::uint16_t>(port->number(1, 65535));
  if (const auto port = map.find("https")) fleet.httpsPort = static_cast<std::uint16_t>(port->number(1, 65535));
  map.finish();
  if (fleet.httpPort == fleet.httpsPort) map.fail(fmt::format("both ports are {}. choose two", fleet.httpPort));
}

double readHelloRate(const YamlCursor& map) {
  constexpr double kDefault = 2000, kMost = 1e7;
  const auto value = map.find("rate");
  const double rate = value ? value->decimal(0, kMost) : kDefault;
  if (rate <= 0) value->fail("hello.rate is 0, so that no hello would ever go out. write a number above 0");
  map.finish();
  return rate;
}

std::vector<GroupDraft> readGroups(const YamlCursor& list, const GroupDefaults& defaults,
                                   const profile::Catalogue& catalogue) {
  std::vector<GroupDraft> drafts;
  for (const auto& item : list.items()) {
    auto draft = readGroup(item, defaults, catalogue);
    if (std::ranges::find(drafts, draft.name, &GroupDraft::name) != drafts.end()) {
      item.at("name").fail(fmt::format("there are two groups \"{}\". give each its own name", draft.name));
    }
    const auto& uuid = draft.specs.front().group.uuid;
    if (uuid &&
        std::ranges::any_of(drafts, [&](const GroupDraft& other) { return other.specs.front().group.uuid == uuid; })) {
      item.at("uuid").fail(fmt::format("two groups begin with the UUID {}. give each its own", uuid->text()));
    }
    drafts.push_back(std::move(draft));
  }
  if (drafts.empty()) list.fail("groups is empty. add a group, as {name: desktops, machines: 10, profile: amt-3.2.2}");
  return drafts;
}

/// One runtime group a profile; profiles that get no machine are left out.
std::vector<GroupSpec> expanded(std::vector<GroupDraft> drafts, const std::optional<std::uint32_t>& machines) {
  if (machines) {
    std::vector<std::uint32_t> sizes;
    for (const auto& draft : drafts) sizes.push_back(draft.machines);
    const auto changed = scaled(sizes, *machines);
    for (std::size_t i = 0; i < drafts.size(); ++i) drafts[i].machines = changed[i];
  }
  std::vector<GroupSpec> specs;
  for (auto& draft : drafts) {
    const auto shares = dealt(draft.machines, draft.specs.size());
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (shares[i] == 0) continue;
      auto spec = std::move(draft.specs[i]);
      spec.group.machines = shares[i];
      if (i > 0) spec.group.uuid.reset();
      specs.push_back(std::move(spec));
    }
  }
  return specs;
}

void checkAddresses(const Scenario& scenario, const std::string& place) {
  std::uint64_t machines = 0;
  for (const auto& spec : scenario.groups) machines += spec.group.machines;
  const std::uint64_t base = scenario.fleet.addresses.base;
  const bool loopback = base >= kLoopback && base <= kLoopbackLast;
  const std::uint64_t end = loopback ? kLoopbackLast : base < kLoopback ? kLoopback - 1 : kFirstMulticast - 1;
  if (base + machines - 1 <= end && base < kFirstMulticast) return;
  const auto room = end >= base ? end - base + 1 : 0;
  throw ConfigError(
      place, fmt::format("from {} on there are {} addresses, but {} machines. choose a lower address or fewer "
                         "machines",
                         boost::asio::ip::address_v4(scenario.fleet.addresses.base).to_string(), room, machines));
}

GroupDefaults readDefaults(const YamlCursor& root, const std::string& file) {
  GroupDefaults defaults;
  if (const auto tls = root.find("tls")) defaults.tls = readTls(*tls);
  if (const auto timing = root.find("timing")) defaults.timingScale = readTiming(*timing);
  defaults.folder = std::filesystem::path(file).parent_path();
  return defaults;
}

void readFleet(const YamlCursor& root, Scenario& scenario) {
  if (const auto seed = root.find("seed")) scenario.seed = seed->number();
  if (const auto clock = root.find("clock")) scenario.clock = readClock(*clock);
  if (const auto address = root.find("address")) readAddress(*address, scenario.fleet);
  if (const auto ports = root.find("ports")) readPorts(*ports, scenario.fleet);
  if (const auto hello = root.find("hello")) scenario.fleet.helloRate = readHelloRate(*hello);
  if (const auto deadline = root.find("deadline")) {
    scenario.deadlineMs = deadline->durationMs();
    if (scenario.deadlineMs == 0) deadline->fail("deadline is 0. write a duration such as 5m, or leave it out");
  }
}

void applyOptions(Scenario& scenario, const Overrides& overrides) {
  if (overrides.seed) scenario.seed = *overrides.seed;
  if (overrides.timeScale) {
    const double speed = scenario.clock.speed * *overrides.timeScale;
    if (!(speed > 0) || speed > kFastest) {
      throw ConfigError("--time-scale",
                        fmt::format("the fleet's clock would run {} times as fast as real time. choose a "
                                    "factor so that it is above 0 and at most {}",
                                    speed, kFastest));
    }
    scenario.clock.speed = speed;
  }
  if (overrides.servicePoint) {
    scenario.servicePoint = servicePointFromOption(*overrides.servicePoint, scenario.servicePoint);
  }
}

Scenario read(const YamlCursor& root, const std::string& file, const Overrides& overrides,
              const profile::Catalogue& catalogue) {
  for (const auto key : kLater) root.refuseLater(key);
  root.refuse("state", "belongs to one run, not to its scenario. leave it out, and give vme run --state FILE");
  Scenario scenario;
  scenario.file = file;
  if (const auto schema = root.find("schema")) schema->number(1, 1);
  scenario.name = readName(root.at("name"), ".-_");
  if (const auto description = root.find("description")) scenario.description = description->text();
  readFleet(root, scenario);
  const auto defaults = readDefaults(root, file);
  scenario.modernTls = defaults.tls == machine::TlsMode::modern;
  const auto servicePoint = root.find("service_point");
  scenario.servicePoint = servicePoint ? readServicePoint(*servicePoint, catalogue) : embeddedServicePoint();
  const auto expect = root.find("expect");
  const auto groups = root.find("groups");
  root.finish();
  if (!groups) root.at("groups");
  auto drafts = readGroups(*groups, defaults, catalogue);
  std::vector<std::string> names;
  for (const auto& draft : drafts) names.push_back(draft.name);
  scenario.groups = expanded(std::move(drafts), overrides.machines);
  applyOptions(scenario, overrides);
  scenario.fleet.seed = scenario.seed;
  scenario.fleet.clock = scenario.clock;
  const auto address = root.find("address");
  joinAgents(scenario, catalogue, groups->place());
  checkAddresses(scenario, address ? address->place() : groups->place());
  scenario.expect = expect ? readExpect(*expect, names) : defaultExpect(scenario, groups->place());
  return scenario;
}

}  // namespace

Scenario parse(const std::string& place, const std::string& text, const Overrides& overrides) {
  std::optional<profile::Catalogue> own;
  if (overrides.profiles) own.emplace(overrides.profiles);
  auto document = profile::parseYaml(place, text);
  for (const auto& one : overrides.set) applySet(document, one);
  return read(YamlCursor(document), place, overrides, own ? *own : builtInProfiles());
}

Scenario load(const std::filesystem::path& file, const Overrides& overrides) {
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file)) {
    throw ConfigError(file.string(), "the scenario cannot be read. check its name and permissions");
  }
  return parse(file.string(), {std::istreambuf_iterator<char>(in), {}}, overrides);
}

}  // namespace vme::scenario
