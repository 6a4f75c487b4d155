#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <fstream>
#include <iterator>

#include "base/error.hpp"
#include "scenario/document.hpp"
#include "scenario/keys.hpp"
#include "scenario/load_agent.hpp"
#include "scenario/load_expect.hpp"
#include "scenario/load_faults.hpp"
#include "scenario/load_fleet.hpp"
#include "scenario/load_group.hpp"
#include "scenario/load_outputs.hpp"
#include "scenario/load_phases.hpp"
#include "scenario/load_quirks.hpp"
#include "scenario/load_service_point.hpp"
#include "scenario/machine_names.hpp"
#include "scenario/overrides.hpp"
#include "scenario/rerun.hpp"
#include "scenario/roster.hpp"
#include "scenario/scenario.hpp"
#include "scenario/values.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

// Keys of the design that this version does not have.
constexpr std::array<std::string_view, 6> kLater{"host", "best_practice", "processes", "shard", "keys", "closed_ports"};
constexpr std::array<std::pair<std::string_view, bool>, 2> kNaive{{{"fails", false}, {"passes", true}}};

const profile::Catalogue& builtInProfiles() {
  static const profile::Catalogue all;
  return all;
}

const Section& fieldSection() {
  static const Section section{
      "field",
      {{"id",
        "of the failure, as the catalogue of field failures names it; several in a list",
        {shape::text(), shape::list({shape::text()}, true)},
        true},
       {"provisioning", "the same in the list of provisioning failures", {shape::text(), shape::list({shape::text()})}},
       {"symptom", "what is seen", {shape::text()}},
       {"correct", "what a correct server does", {shape::text()}},
       {"naive", "how a server that takes no care ends", {shape::wordOf(kNaive)}},
       {"why", "what causes it", {shape::text()}}}};
  return section;
}

Field readField(const YamlCursor& map) {
  Field field;
  field.ids = readTexts(map.at("id"));
  if (field.ids.empty()) map.at("id").fail("field.id is empty. name the failure");
  if (const auto list = map.find("provisioning")) field.provisioning = readTexts(*list);
  if (const auto text = map.find("symptom")) field.symptom = text->text();
  if (const auto text = map.find("correct")) field.correct = text->text();
  if (const auto word = map.find("naive")) field.naivePasses = word->choice<bool>(kNaive);
  if (const auto text = map.find("why")) field.why = text->text();
  finish(map, fieldSection());
  return field;
}

const Section& rogueSection() {
  static const Section section{
      "rogue",
      {{"address", "a loopback address of its own; hellos come where dns_script answers with it", {shape::text()}},
       {"host", "in its provisioning certificate", {nameShape("-.")}}}};
  return section;
}

RogueSpec readRogue(const YamlCursor& map, const ServicePointSpec& servicePoint) {
  if (!servicePoint.embedded) map.fail("rogue stands beside the embedded service point. leave it out");
  RogueSpec rogue;
  if (const auto value = map.find("address")) {
    boost::system::error_code error;
    rogue.address = boost::asio::ip::make_address_v4(value->text(), error);
    if (error || !rogue.address.is_loopback() || rogue.address == servicePoint.options.address) {
      value->fail(fmt::format("{} is \"{}\". write a loopback address of its own, as 127.0.0.66", value->path(),
                              value->text()));
    }
  }
  if (const auto host = map.find("host")) rogue.hostName = readName(*host, "-.");
  finish(map, rogueSection());
  return rogue;
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

std::vector<GroupSpec> allExpanded(std::vector<GroupDraft> drafts, const std::optional<std::uint32_t>& machines) {
  if (machines) {
    std::vector<std::uint32_t> sizes;
    for (const auto& draft : drafts) sizes.push_back(draft.machines);
    const auto changed = scaled(sizes, *machines);
    for (std::size_t i = 0; i < drafts.size(); ++i) drafts[i].machines = changed[i];
  }
  std::vector<GroupSpec> specs;
  std::uint32_t stream = 0;
  for (auto& draft : drafts) std::ranges::move(expanded(std::move(draft), stream++), std::back_inserter(specs));
  return specs;
}

GroupDefaults readDefaults(const YamlCursor& root, const std::filesystem::path& folder) {
  GroupDefaults defaults;
  if (const auto tls = root.find("tls")) defaults.tls = readTls(*tls);
  if (const auto timing = root.find("timing")) defaults.timingScale = readTiming(*timing);
  defaults.folder = folder;
  return defaults;
}

void applyOptions(Scenario& scenario, const Overrides& overrides) {
  if (overrides.seed) scenario.seed = *overrides.seed;
  if (overrides.timeScale) {
    const double speed = scenario.clock.speed * *overrides.timeScale;
    if (!(speed > 0) || speed > kFastestClock) {
      throw ConfigError("--time-scale",
                        fmt::format("the fleet's clock would run {} times as fast as real time. choose a "
                                    "factor so that it is above 0 and at most {}",
                                    speed, kFastestClock));
    }
    scenario.clock.speed = speed;
  }
  if (overrides.servicePoint) {
    scenario.servicePoint = servicePointFromOption(*overrides.servicePoint, scenario.servicePoint);
  }
}

/// Machines whose quirk is another's UUID get it, now that every machine has its number.
void joinClones(Scenario& scenario) {
  const auto clones = [](const GroupSpec& spec) { return spec.cloneOf.has_value(); };
  if (std::ranges::none_of(scenario.groups, clones)) return;
  const Roster roster(scenario);
  for (auto& spec : scenario.groups) {
    if (!spec.cloneOf) continue;
    std::optional<std::uint32_t> found;
    for (std::uint32_t machine = 0; machine < roster.size() && !found; ++machine) {
      if (roster.nameOf(machine) == *spec.cloneOf || std::to_string(machine) == *spec.cloneOf) found = machine;
    }
    if (!found) {
      throw ConfigError(spec.cloneWhere, fmt::format("clone_of is \"{}\", but the fleet has no such machine. write "
                                                     "GROUP/NUMBER, as desktops/0",
                                                     *spec.cloneOf));
    }
    spec.group.sharedUuid = roster.identityOf(*found).uuid;
  }
}

/// The machine that alone comes up, and what is expected of it in place of what the whole fleet was to show.
void keepOne(Scenario& scenario, const std::string& name) {
  scenario.only = scenario.fleet.only = machineNamed("--machine", name, scenario);
  const auto* spec = &scenario.groups.front();
  std::uint32_t first = 0;
  for (const auto& one : scenario.groups) {
    if (first <= *scenario.only) spec = &one;
    first += one.group.machines;
  }
  std::erase_if(scenario.expect, [&](const Expect& expect) {
    const bool isOfMachines = expect.subject == "never" || expect.subject == "order";
    return !isOfMachines || (expect.group && *expect.group != spec->group.name) ||
           (expect.machine && expect.machine != scenario.only);
  });
  Expect expect;
  expect.subject = spec->group.start == runtime::Start::bareMetal ? "provisioned" : "idle";
  expect.where = "--machine";
  expect.machine = scenario.only;
  expect.wanted = 1;
  expect.text = fmt::format("{}: {{machine: {}, is: 1}}", expect.subject, name);
  scenario.expect.insert(scenario.expect.begin(), std::move(expect));
}

Scenario readDocument(const YamlCursor& root, const Source& source, const Overrides& overrides,
                      const profile::Catalogue& catalogue) {
  for (const auto key : kLater) root.refuseLater(key);
  root.refuse("state", "belongs to one run, not to its scenario. leave it out, and give vme run --state FILE");
  Scenario scenario;
  scenario.file = source.file;
  if (const auto schema = root.find("schema")) schema->number(1, 1);
  scenario.name = readName(root.at("name"), ".-_");
  if (const auto description = root.find("description")) scenario.description = description->text();
  if (const auto field = root.find("field")) scenario.field = readField(*field);
  readFleet(root, scenario);
  readOutputs(root, scenario);
  const auto defaults = readDefaults(root, source.folder);
  scenario.modernTls = defaults.tls == machine::TlsMode::modern;
  const auto servicePoint = root.find("service_point");
  scenario.servicePoint = servicePoint ? readServicePoint(*servicePoint, catalogue) : embeddedServicePoint();
  const auto expect = root.find("expect");
  const auto faults = root.find("faults");
  const auto quirks = root.find("quirks");
  const auto phases = root.find("phases");
  if (const auto rogue = root.find("rogue")) scenario.rogue = readRogue(*rogue, scenario.servicePoint);
  const auto groups = root.find("groups");
  for (const auto key : kWorkedIn) root.find(key);
  finish(root, scenarioSection());
  if (!groups) root.at("groups");
  auto drafts = readGroups(*groups, defaults, catalogue);
  const auto spoil = [&](std::vector<GroupSpec>& specs) {
    if (quirks) readQuirks(*quirks, specs);
    if (faults) addFaults(specs, readFaults(*faults, {}));
  };
  for (auto& draft : drafts) {
    spoil(draft.specs);
    std::ranges::for_each(draft.overridden, spoil);
  }
  scenario.groups = allExpanded(std::move(drafts), overrides.machines);
  applyOptions(scenario, overrides);
  scenario.fleet.seed = scenario.seed;
  scenario.fleet.clock = scenario.clock;
  joinClones(scenario);
  const auto address = root.find("address");
  joinAgents(scenario, catalogue, groups->place());
  if (phases) readPhases(*phases, scenario, catalogue);
  scenario.fleet.moves = movesOf(scenario);
  checkAddresses(scenario, address ? address->place() : groups->place());
  scenario.expect = expect ? readExpect(*expect, scenario) : defaultExpect(scenario, groups->place());
  if (overrides.only) keepOne(scenario, *overrides.only);
  scenario.audit |= std::ranges::find(scenario.expect, "best_practice", &Expect::subject) != scenario.expect.end();
  return scenario;
}

std::string cellText(const Document& document) {
  std::vector<std::string> parts;
  for (const auto& [axis, value] : document.cell) parts.push_back(axis + "=" + value);
  return fmt::format("{}", fmt::join(parts, ","));
}

std::vector<Scenario> readAll(profile::YamlValue tree, const Source& source, const Overrides& overrides) {
  std::optional<profile::Catalogue> own;
  if (overrides.profiles) own.emplace(overrides.profiles);
  std::vector<Scenario> scenarios;
  for (auto& document : documentsOf(std::move(tree), source.folder, overrides)) {
    const YamlCursor root(document.tree);
    if (document.cell.empty()) {
      scenarios.push_back(readDocument(root, source, overrides, own ? *own : builtInProfiles()));
    } else {
      const auto cell = cellText(document);
      try {
        scenarios.push_back(readDocument(root, source, overrides, own ? *own : builtInProfiles()));
      } catch (const ConfigError& error) {
        throw ConfigError("", fmt::format("{} (in the matrix at {})", error.what(), cell));
      }
      scenarios.back().cell = document.cell;
      scenarios.back().name += fmt::format("[{}]", cell);
    }
    scenarios.back().rerun = rerunOf(document, scenarios.back(), source, overrides);
  }
  return scenarios;
}

Scenario theOne(std::vector<Scenario> scenarios, const std::string& place) {
  if (scenarios.size() > 1) {
    throw ConfigError(place, fmt::format("its matrix makes {} scenarios, but one is wanted here. choose values with "
                                         "--set matrix.AXIS=[VALUE]",
                                         scenarios.size()));
  }
  return std::move(scenarios.front());
}

}  // namespace

const Section& scenarioSection() {
  static const Section section{
      "scenario",
      {{"schema", "version of this format", {shape::integer(1, 1)}},
       {"name", "of the scenario; reports go to vme-report/NAME/", {nameShape(".-_")}, true},
       {"description", "for people", {shape::text()}},
       {"field", "of a scenario that reproduces a failure from the field: what it shows", {shape::map(fieldSection)}},
       {"include",
        "files whose groups, expectations and variables are joined in",
        {shape::list({shape::text()}, true)}},
       {"variables", "values that ${name} stands for anywhere", {shape::named({shape::text()})}},
       {"matrix",
        "lists of values; each combination is a run: profile, quirk, api, or the name of a variable",
        {shape::named({shape::list({shape::text(), shape::free()}, true)})}},
       {"exclude",
        "combinations of the matrix that are left out",
        {shape::list({shape::named({shape::text(), shape::list({shape::text()})})})}},
       {"seed", "the same seed gives the same fleet; default 1", {shape::integer()}},
       {"clock", "of the fleet; skip-idle jumps over the time in which nothing happens", clockShapes()},
       {"timing", "factor on the firmware's waits", {shape::map(timingSection)}},
       {"tls", "modern (the default): TLS 1.2 and 1.3; period: TLS 1.0 and its suites", {tlsShape()}},
       {"address", "of machine 0; default 127.16.0.0", {shape::text()}},
       {"ports", "where the machines' 16992 and 16993 are really opened", {shape::map(portsSection)}},
       {"hello", "real time", {shape::map(helloSection)}},
       {"audit", "judges the service point by the best-practice rules (vme audit)", {shape::boolean()}},
       {"deadline", "real time after which the run ends with what it has", {shape::duration()}},
       {"service_point", "that provisions the machines; default embedded", servicePointShapes()},
       {"phases", "what happens while the fleet runs", {shape::list({shape::map(phaseSection)}, true)}},
       {"rogue",
        "a second service point of somebody else, whose root the machines know as well",
        {shape::map(rogueSection)}},
       {"capture",
        "what the machines send and receive, as a file for Wireshark",
        {shape::text(), shape::map(captureSection)}},
       {"journal",
        "what happens to each machine, in journal.jsonl beside the results",
        {shape::boolean(), shape::map(journalSection)}},
       {"faults", "what goes wrong with the machines of all groups", {shape::list({shape::map(faultSection)})}},
       {"quirks", "firmware bugs of the machines of all groups, by name", {shape::map(quirksSection)}},
       {"groups", "of machines that are alike", {shape::list({shape::map(groupSection)}, true)}},
       {"expect",
        "what must hold; default: whatever is to be provisioned, is",
        {shape::list({shape::map(expectSection)}, true)}}}};
  return section;
}

std::vector<Scenario> readTree(profile::YamlValue tree, const Source& source, const Overrides& overrides) {
  return readAll(std::move(tree), source, overrides);
}

std::vector<Scenario> parseAll(const std::string& place, const std::string& text, const Overrides& overrides) {
  const Source source{place, std::filesystem::path(place).parent_path()};
  return readAll(profile::parseYaml(place, text), source, overrides);
}

Scenario parse(const std::string& place, const std::string& text, const Overrides& overrides) {
  return theOne(parseAll(place, text, overrides), place);
}

std::vector<Scenario> loadAll(const std::filesystem::path& file, const Overrides& overrides) {
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file)) {
    throw ConfigError(file.string(), "the scenario cannot be read. check its name and permissions");
  }
  return parseAll(file.string(), {std::istreambuf_iterator<char>(in), {}}, overrides);
}

Scenario load(const std::filesystem::path& file, const Overrides& overrides) {
  return theOne(loadAll(file, overrides), file.string());
}

}  // namespace vme::scenario
