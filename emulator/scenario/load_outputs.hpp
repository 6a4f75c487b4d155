#pragma once
// What a scenario wants written beside its results: a capture, a journal.

#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// The keys `capture` and `journal` of the file's top.
void readOutputs(const profile::YamlCursor& root, Scenario& scenario);

const Section& captureSection();
const Section& journalSection();

}  // namespace vme::scenario
