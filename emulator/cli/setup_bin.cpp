#include "wire/setup_bin.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/setup_bin_make.hpp"
#include "net/replace_file.hpp"
#include "scenario/staging.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::cli {
namespace {

namespace setup_bin = wire::setup_bin;

struct ShowOptions {
  std::string file;
  bool json = false;
};

boost::json::string_view jsonText(std::string_view text) {
  return {text.data(), text.size()};
}

boost::json::object jsonOf(const setup_bin::Entry& entry) {
  const auto& variable = *setup_bin::findVariable(entry.module, entry.variable);
  const auto text = setup_bin::valueText(variable, entry.value);
  boost::json::object out{{"module", entry.module},
                          {"variable", entry.variable},
                          {"name", jsonText(variable.name)},
                          {"meaning", jsonText(variable.meaning)},
                          {"value", text},
                          {"hex", toHex(entry.value)}};
  if (variable.type == setup_bin::ValueType::number && entry.value.size() == variable.most) {
    out["number"] = setup_bin::numberOf(entry.value);
  }
  return out;
}

boost::json::object jsonOf(const std::string& name, const setup_bin::File& file) {
  const auto& header = file.header;
  boost::json::array records;
  for (std::uint32_t i = 0; i < file.records.size(); ++i) {
    const auto& record = file.records[i];
    boost::json::array entries;
    for (const auto& entry : record.entries) entries.push_back(jsonOf(entry));
    records.push_back(boost::json::object{{"number", i + 1},
                                          {"offset", header.recordOffset(i)},
                                          {"valid", record.valid},
                                          {"scrambled", record.scrambled},
                                          {"consumed", i < header.consumed},
                                          {"entries", std::move(entries)}});
  }
  return {{"file", name},
          {"version", header.version.text()},
          {"keeps_records", header.keepsRecords()},
          {"flags", header.flags},
          {"chunks", header.chunks},
          {"consumed", header.consumed},
          {"records", std::move(records)}};
}

std::string counted(std::size_t records) {
  return records == 1 ? "1 record" : fmt::format("{} records", records);
}

void printEntry(const setup_bin::Entry& entry) {
  const auto& variable = *setup_bin::findVariable(entry.module, entry.variable);
  auto text = setup_bin::valueText(variable, entry.value);
  if (!variable.choices.empty()) text += fmt::format(" ({})", setup_bin::numberOf(entry.value));
  fmt::print("  {:24} {:32} {}\n", variable.name, text, variable.meaning);
}

/// What firmware will say of the record's pair; empty when it takes it, or there is none.
std::string pairFault(const setup_bin::Record& record) {
  const auto* pid = record.find(setup_bin::kCm, setup_bin::kPid);
  const auto* pps = record.find(setup_bin::kCm, setup_bin::kPps);
  if (!pid && !pps) return {};
  if (!pid || !pps) return "only one of PID and PPS";
  const auto pair = wire::parsePskPair(asText(*pid), asText(*pps));
  return pair ? std::string() : pair.error().message();
}

void printFile(const std::string& name, const setup_bin::File& file) {
  const auto& header = file.header;
  fmt::print("{}: setup.bin version {}, {} of {} bytes, {} consumed{}\n", name, header.version.text(),
             counted(file.records.size()), header.recordSize(), header.consumed,
             header.keepsRecords() ? "; flag: records are not consumed" : "");
  for (std::uint32_t i = 0; i < file.records.size(); ++i) {
    const auto& record = file.records[i];
    fmt::print("record {} at 0x{:x}: {}{}{}\n", i + 1, header.recordOffset(i), record.valid ? "valid" : "invalid",
               record.scrambled ? ", scrambled" : "", i < header.consumed ? ", consumed" : "");
    for (const auto& entry : record.entries) printEntry(entry);
    if (const auto fault = pairFault(record); !fault.empty()) fmt::print("  firmware refuses it: {}\n", fault);
  }
}

Exit showSetupBin(const ShowOptions& options) {
  require(!options.file.empty(), "vme setup-bin show", "no FILE given. name the file");
  const auto file = setup_bin::decode(asBytes(readFile("vme setup-bin show", options.file)));
  if (!file) throw ConfigError(options.file, file.error().message());
  if (options.json) {
    printJson(jsonOf(options.file, *file));
  } else {
    printFile(options.file, *file);
  }
  return Exit::held;
}

Exit makeSetupBin(const SetupBinOptions& options) {
  require(!options.file.empty(), "vme setup-bin make", "no FILE given. name the file to make");
  const auto pairs = pskPairsOf(options);
  require(options.pskOut.empty() || !pairs.empty(), "--psk-out", "there are no pairs to write. give --psk derived");
  const auto file = setupBinFrom(options, pairs);
  const auto bytes = setup_bin::encode(file);
  if (!bytes) throw ConfigError("vme setup-bin make", bytes.error().message());
  for (const auto& path : {options.file, options.pskOut}) {
    if (path.empty() || !std::filesystem::exists(path)) continue;
    throw ConfigError(path, "the file is there already. choose another name, or remove it");
  }
  if (!options.pskOut.empty()) scenario::writePskFile(options.pskOut, pairs);
  net::replaceFile(options.file, asText(*bytes), 0600);
  if (options.json) {
    printJson(jsonOf(options.file, file));
    return Exit::held;
  }
  fmt::print("{}: version {}, {}, {} with a PSK pair, {} bytes\n", options.file, file.header.version.text(),
             counted(file.records.size()), pairs.size(), bytes->size());
  fmt::print("vme setup-bin show {0}    vme serve --profile amt-4.0 --usb-key {0}\n", options.file);
  return Exit::held;
}

void addShow(Cli& cli, CLI::App* parent) {
  auto options = std::make_shared<ShowOptions>();
  auto* app = cli.add(parent,
                      {"show",
                       "prints every record of FILE, passwords and keys included",
                       "",
                       {"vme setup-bin show setup.bin", "vme setup-bin show setup.bin --json"}},
                      [options] { return showSetupBin(*options); });
  addOption(app, "FILE", options->file, "FILE", "a setup.bin of version 1 to 4");
  addFlag(app, "--json", options->json, "as JSON, values also in hex");
}

void addPairs(CLI::App* app, SetupBinOptions& options) {
  addOption(app, "--psk", options.psk, "PID:PPS",
            "a record with that pair; repeatable; `derived`: as `serve --psk derived`");
  addOption(app, "--psk-file", options.pskFile, "FILE", "a record a line PID PPS, as `vme run --psk-out` writes them");
  addOption(app, "--psk-out", options.pskOut, "FILE", "writes the pairs as `vme servicepoint --psk-file` reads them");
  addOption(app, "--count", options.count, "N", "records: derived pairs, or equal records without a pair; default 1");
  addOption(app, "--seed", options.seed, "S", "of derived pairs; default 1");
}

void addValues(CLI::App* app, SetupBinOptions& options) {
  addOption(app, "--current-password", options.currentPassword, "PASSWORD", "MEBx password as it is; default admin");
  addOption(app, "--new-password", options.newPassword, "PASSWORD", "MEBx password as it shall be; needed after admin");
  addOption(app, "--hostname", options.hostName, "NAME", "of the machine");
  addOption(app, "--domain", options.domain, "NAME", "of the machine");
  addOption(app, "--pki-suffix", options.pkiSuffix, "SUFFIX", "DNS suffix for provisioning certificates");
  addOption(app, "--server", options.server, "FQDN", "name of the configuration server");
  addOption(app, "--server-port", options.serverPort, "PORT", "its port");
  addOption(app, "--remote-configuration", options.remoteConfiguration, "on|off", "set-up by certificate");
  addOption(app, "--hash", options.hashes, "NAME=FILE.pem", "adds a root's SHA-1; repeatable, at most 3");
  addOption(app, "--set", options.set, "NAME=VALUE",
            "any variable, as cm.dhcp=disabled; `--set x=1` lists them; repeatable");
}

void addMake(Cli& cli, CLI::App* parent) {
  auto options = std::make_shared<SetupBinOptions>();
  auto* app = cli.add(parent,
                      {"make",
                       "writes FILE, readable by its owner alone",
                       "",
                       {"vme setup-bin make setup.bin --psk derived --count 3 --new-password 'P@ssw0rd'",
                        "vme setup-bin make setup.bin --new-password 'P@ssw0rd' --set cm.dhcp=enabled"}},
                      [options] { return makeSetupBin(*options); });
  addOption(app, "FILE", options->file, "FILE", "the file; none is overwritten");
  addOption(app, "--version", options->version, "1|2|2.1|3|4",
            "of the format; default the lowest that holds the values");
  addPairs(app, *options);
  addValues(app, *options);
  addFlag(app, "--keep", options->keep, "records are not consumed: one serves all machines");
  addFlag(app, "--scramble", options->scramble, "records are scrambled");
  addFlag(app, "--json", options->json, "what was written, as JSON");
}

}  // namespace

void addSetupBin(Cli& cli) {
  auto* parent = cli.add(
      cli.root(),
      {"setup-bin",
       "show, make: files for one-touch configuration by USB key",
       kPrepare,
       {"vme setup-bin make setup.bin --psk derived --new-password 'P@ssw0rd'", "vme setup-bin show setup.bin"}},
      nullptr);
  addShow(cli, parent);
  addMake(cli, parent);
}

}  // namespace vme::cli
