#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "servicepoint/agents/policy.hpp"
#include "servicepoint/lines.hpp"

namespace vme::servicepoint {
namespace {

using wire::agent::TaskStep;

std::vector<TaskStep> sequenceFrom(const Line& line) {
  std::vector<TaskStep> steps;
  for (std::size_t i = 2; i < line.words.size(); ++i) {
    const auto step = wire::agent::taskStepFrom(line.words[i]);
    if (!step) {
      std::vector<std::string_view> known;
      for (const auto one : wire::agent::wholeSequence()) known.push_back(wire::agent::wordOf(one));
      throw ConfigError(line.place, fmt::format("'{}' is no step of a task sequence. Write {}", line.words[i],
                                                fmt::join(known, ", ")));
    }
    steps.push_back(*step);
  }
  if (steps.empty()) throw ConfigError(line.place, "the task sequence has no steps. Name at least one");
  return steps;
}

bool policyFrom(const Line& line) {
  if (line.words.size() == 3 && line.words[2] == "none") return false;
  if (line.words.size() == 3 && line.words[2] == "automatic-provisioning") return true;
  throw ConfigError(line.place, "a collection's policy is none or automatic-provisioning. Write one of the two");
}

void addMember(Collection& collection, const Line& line) {
  if (line.words.size() != 2) {
    throw ConfigError(line.place,
                      "a line is a collection and a UUID (or *), or its policy or task-sequence. Write one of these");
  }
  if (line.words[1] == "*") {
    collection.everyone = true;
    return;
  }
  const auto uuid = Uuid::parse(line.words[1]);
  if (!uuid) {
    throw ConfigError(line.place, fmt::format("'{}' is no UUID. Write it as 44454c4c-3100-1051-8032-b4c04f4b4d31, or *",
                                              line.words[1]));
  }
  collection.members.insert(*uuid);
}

void take(Collection& collection, const Line& line) {
  const auto what = line.words.size() < 2 ? std::string_view() : line.words[1];
  if (what == "task-sequence") {
    collection.sequence = sequenceFrom(line);
  } else if (what == "policy") {
    collection.hasPolicy = policyFrom(line);
  } else {
    addMember(collection, line);
  }
}

}  // namespace

std::vector<Collection> readCollections(const std::string& place, std::string_view text) {
  std::vector<Collection> collections;
  for (const auto& line : readLines(place, text)) {
    auto found = std::ranges::find(collections, line.words[0], &Collection::name);
    if (found == collections.end()) {
      collections.emplace_back().name = line.words[0];
      found = collections.end() - 1;
    }
    take(*found, line);
  }
  return collections;
}

}  // namespace vme::servicepoint
