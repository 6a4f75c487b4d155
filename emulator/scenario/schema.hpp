#pragma once

#include <string>

namespace vme::scenario {

/// The JSON schema of scenario files, made from the key tables: what scenarios/schema/scenario.schema.json holds.
std::string schemaText();

}  // namespace vme::scenario
