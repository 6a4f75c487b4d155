// Turns profiles/cim, which is compiled in, into C++ tables on standard output.

#include <cstdio>

#include "base/error.hpp"
#include "firmware/wsman/generator/rows.hpp"
#include "profile/embedded.hpp"

namespace vme::cim {

/// The files of profiles/cim, by CMake.
std::span<const profile::EmbeddedFile> files();

}  // namespace vme::cim

int main() {
  using namespace vme;
  try {
    cim::Catalogue catalogue;
    for (const auto& file : cim::files()) {
      const auto tree = profile::parseYaml(std::string(file.path), file.text);
      const profile::YamlCursor document(tree);
      if (file.path.ends_with("platforms.yaml")) {
        cim::readPlatforms(document, catalogue);
      } else {
        cim::readClasses(document, catalogue);
      }
    }
    cim::checkCatalogue(catalogue);
    std::fputs(cim::writeTables(catalogue).c_str(), stdout);
    return 0;
  } catch (const ConfigError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
