#include "cli/setup_bin_make.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.hpp"
#include "cli/common.hpp"
#include "machine/accounts.hpp"
#include "servicepoint/service_point.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::cli {
namespace {

namespace setup_bin = wire::setup_bin;
using setup_bin::Entry;
using setup_bin::Variable;

constexpr std::uint64_t kMostRecords = 1'000'000;
constexpr std::ptrdiff_t kMostHashes = 3;  // rows that firmware has for roots of one's own
constexpr const char* kFactoryPassword = "admin";

const Variable& variableNamed(const std::string& place, const std::string& name) {
  const auto* variable = setup_bin::findVariable(name);
  if (variable) return *variable;
  std::vector<std::string> names;
  for (const auto& one : setup_bin::allVariables()) names.emplace_back(one.name);
  const auto hint = didYouMean(name, names);
  throw ConfigError(place,
                    fmt::format("there is no variable \"{}\".{}", name,
                                hint.empty() ? " known are " + fmt::format("{}", fmt::join(names, ", ")) : hint));
}

/// The values that all records have.
class Values {
 public:
  void add(const std::string& place, const std::string& name, const std::string& text) {
    const auto& variable = variableNamed(place, name);
    auto value = setup_bin::parseValue(variable, text);
    if (!value) throw ConfigError(place, fmt::format("{} is not taken: {}", name, value.error().text));
    if (!setup_bin::isRepeatable(variable) && has(variable.module, variable.id)) {
      throw ConfigError(place, fmt::format("{} is given twice. leave one of them out", name));
    }
    record_.entries.push_back({variable.module, variable.id, std::move(*value)});
  }
  void addGiven(const std::string& option, const std::string& name, const std::string& text) {
    if (!text.empty()) add(option, name, text);
  }
  bool has(std::uint16_t module, std::uint16_t id) const { return record_.find(module, id) != nullptr; }
  const setup_bin::Record& record() const { return record_; }

 private:
  setup_bin::Record record_;
};

void checkPasswords(const SetupBinOptions& options) {
  if (options.newPassword.empty()) {
    if (options.currentPassword != kFactoryPassword) return;
    throw ConfigError("--new-password",
                      "is missing: firmware refuses a record that leaves the factory password as it "
                      "is. give 8 to 32 characters");
  }
  if (machine::isPasswordAllowed({}, options.newPassword)) return;
  throw ConfigError("--new-password",
                    "firmware refuses it. give 8 to 32 characters with an upper-case and a lower-case letter, a digit "
                    "and a sign other than : , \" and _");
}

/// A pair that was given variable by variable.
void checkPair(const Values& values) {
  const auto* pid = values.record().find(setup_bin::kCm, setup_bin::kPid);
  const auto* pps = values.record().find(setup_bin::kCm, setup_bin::kPps);
  if (!pid && !pps) return;
  if (!pid || !pps) throw ConfigError("--set", "cm.pid and cm.pps go together. give both, or --psk PID:PPS");
  const auto pair = wire::parsePskPair(asText(*pid), asText(*pps));
  if (!pair) throw ConfigError("--set", pair.error().message());
}

Values valuesFrom(const SetupBinOptions& options) {
  checkPasswords(options);
  Values values;
  values.add("--current-password", "me.current_password", options.currentPassword);
  values.addGiven("--new-password", "me.new_password", options.newPassword);
  values.addGiven("--hostname", "cm.hostname", options.hostName);
  values.addGiven("--domain", "cm.domain", options.domain);
  values.addGiven("--pki-suffix", "cm.pki_suffix", options.pkiSuffix);
  values.addGiven("--server", "cm.server_fqdn", options.server);
  values.addGiven("--server-port", "cm.server_port", options.serverPort);
  values.addGiven("--remote-configuration", "cm.remote_configuration", options.remoteConfiguration);
  for (const auto& text : options.hashes) {
    const auto [name, digest] = rootFile("--hash", text);
    values.add("--hash", "cm.add_hash", fmt::format("sha1:{}:{}", toHex(digest), name));
  }
  for (const auto& text : options.set) {
    const auto [name, value] = pairOf("--set", text, '=', "NAME=VALUE");
    values.add("--set", name, value);
  }
  checkPair(values);
  const auto hashes = std::ranges::count_if(values.record().entries, [](const Entry& entry) {
    return setup_bin::isRepeatable(*setup_bin::findVariable(entry.module, entry.variable));
  });
  if (hashes > kMostHashes) throw ConfigError("--hash", "firmware has 3 rows for such roots. give no more than that");
  return values;
}

setup_bin::Version versionFor(const SetupBinOptions& options, const setup_bin::Record& record) {
  setup_bin::Version needed;
  const Variable* newest = nullptr;
  for (const auto& entry : record.entries) {
    const auto* variable = setup_bin::findVariable(entry.module, entry.variable);
    if (variable->since <= needed) continue;
    needed = variable->since;
    newest = variable;
  }
  if (options.version.empty()) return needed;
  const auto version = setup_bin::parseVersion(options.version);
  if (!version) throw ConfigError("--version", version.error().text);
  if (*version < needed) {
    throw ConfigError("--version", fmt::format("{} exists since version {}. give that one, or leave the value out",
                                               newest->name, needed.text()));
  }
  return *version;
}

Entry textEntry(std::uint16_t id, std::string_view text) {
  const auto bytes = asBytes(text);
  return {setup_bin::kCm, id, Bytes(bytes.begin(), bytes.end())};
}

/// By module and variable, repeated ones as given: passwords first and manageability before all of module 2, as
/// firmware wants it.
std::vector<Entry> inOrder(std::vector<Entry> entries) {
  const auto key = [](const Entry& entry) { return std::pair(entry.module, entry.variable); };
  std::vector<Entry> ordered;
  for (auto& entry : entries) {
    ordered.insert(std::ranges::upper_bound(ordered, key(entry), {}, key), std::move(entry));
  }
  return ordered;
}

}  // namespace

std::vector<wire::PskPair> pskPairsOf(const SetupBinOptions& options) {
  std::vector<wire::PskPair> pairs;
  const bool derived = std::ranges::find(options.psk, "derived") != options.psk.end();
  if (static_cast<int>(derived) + static_cast<int>(!options.pskFile.empty()) +
              static_cast<int>(!derived && !options.psk.empty()) >
          1 ||
      (derived && options.psk.size() > 1)) {
    throw ConfigError("--psk", "pairs come from one place. give PID:PPS, or derived, or --psk-file");
  }
  if (derived) {
    const auto seed = options.seed.empty() ? 1 : number("--seed", options.seed, 0, UINT64_MAX);
    const auto count = options.count.empty() ? 1 : number("--count", options.count, 1, kMostRecords);
    for (std::uint64_t i = 0; i < count; ++i) pairs.push_back(wire::drawPskPair(Draw(seed, i)));
    return pairs;
  }
  if (!options.seed.empty()) throw ConfigError("--seed", "has no effect without --psk derived. leave it out");
  if (!options.pskFile.empty()) {
    pairs = servicepoint::readPskFile(options.pskFile, readFile("--psk-file", options.pskFile));
    if (pairs.empty()) throw ConfigError(options.pskFile, "holds no pair. write lines PID PPS");
  }
  for (const auto& text : options.psk) pairs.push_back(pskPair("--psk", text));
  return pairs;
}

setup_bin::File setupBinFrom(const SetupBinOptions& options, const std::vector<wire::PskPair>& pairs) {
  const auto values = valuesFrom(options);
  if (!pairs.empty() && values.has(setup_bin::kCm, setup_bin::kPid)) {
    throw ConfigError("--set", "cm.pid is given beside --psk. leave one of them out");
  }
  const bool derived = options.psk == std::vector<std::string>{"derived"};
  if (!pairs.empty() && !options.count.empty() && !derived) {
    throw ConfigError("--count", "each pair makes a record. leave it out");
  }
  auto wanted = pairs.size();
  if (pairs.empty()) wanted = options.count.empty() ? 1 : number("--count", options.count, 1, kMostRecords);
  setup_bin::File file;
  file.header.version = versionFor(options, values.record());
  file.header.flags = options.keep ? 1 : 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    auto record = values.record();
    record.scrambled = options.scramble;
    if (!pairs.empty()) {
      record.entries.push_back(textEntry(setup_bin::kPid, pairs[i].pidText()));
      record.entries.push_back(textEntry(setup_bin::kPps, pairs[i].ppsText()));
    }
    record.entries = inOrder(std::move(record.entries));
    file.records.push_back(std::move(record));
  }
  file.header.records = static_cast<std::uint32_t>(file.records.size());
  return file;
}

}  // namespace vme::cli
