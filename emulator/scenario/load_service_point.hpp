#pragma once

#include <string>

#include "profile/catalogue.hpp"
#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// `embedded`, `{mode: embedded, ...}` or `{host: NAME, hello_port: N, ...}`.
ServicePointSpec readServicePoint(const profile::YamlCursor& value, const profile::Catalogue& catalogue);

std::vector<Shape> servicePointShapes();

/// The default: embedded, on a free port.
ServicePointSpec embeddedServicePoint();

/// `--service-point embedded` or `HOST[:PORT]` in place of the file's.
ServicePointSpec servicePointFromOption(const std::string& text, const ServicePointSpec& ofFile);

}  // namespace vme::scenario
