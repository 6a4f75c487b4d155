// Any text as each of the files that are lists: approvals, PSK pairs, collections of PCs, a trace of arrivals. It is
// read, or refused with a ConfigError.

#include <algorithm>

#include "base/error.hpp"
#include "scenario/load_arrival.hpp"
#include "servicepoint/agents/policy.hpp"
#include "servicepoint/service_point.hpp"

using namespace vme;

static void read(auto reader, std::string_view text, auto isRight) {
  try {
    if (!isRight(reader("list", text))) __builtin_trap();
  } catch (const ConfigError&) {
    return;  // the refusal that the fuzzer is here to provoke
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = asText({data, size});
  read(servicepoint::readApproval, text,
       [&](const auto& approval) { return approval.machines.size() * Uuid().text().size() <= text.size(); });
  read(servicepoint::readPskFile, text, [](const auto& pairs) {
    return std::ranges::all_of(
        pairs, [](const auto& pair) { return wire::parsePskPair(pair.pidText(), pair.ppsText()).has_value(); });
  });
  read(servicepoint::readCollections, text, [](const auto& collections) {
    return std::ranges::none_of(collections, [](const auto& collection) { return collection.name.empty(); });
  });
  read(scenario::parseTrace, text, [](const auto& arrivals) { return std::ranges::is_sorted(arrivals); });
  return 0;
}
