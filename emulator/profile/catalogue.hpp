#pragma once
// All firmware profiles there are: those embedded in the program, and a user's own beside or over them.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile/profile.hpp"
#include "profile/yaml.hpp"

namespace vme::profile {

class Catalogue {
 public:
  /// The embedded profiles. `own`: a folder whose *.yaml files come beside them, or replace those of the same name.
  /// ConfigError for a file that cannot be read.
  explicit Catalogue(const std::optional<std::filesystem::path>& own = std::nullopt);

  /// Of those that a machine can have (abstract ones are left out), in the order of their versions.
  std::vector<std::string> names() const;
  /// ConfigError, at `place`, for an unknown or abstract name (with the nearest), and for an error in the profile.
  std::shared_ptr<const Profile> find(std::string_view name, const std::string& place = {}) const;
  /// The sets of newer behaviours that can be added to a profile (profiles/compat).
  std::vector<std::string> compatNames() const;
  /// The profile with those sets added, in their order. ConfigError, at `place`, for an unknown name (with the
  /// nearest).
  std::shared_ptr<const Profile> withCompat(const Profile& profile, const std::vector<std::string>& names,
                                            const std::string& place) const;
  /// Adds a profile from a text, or replaces the one of its name. Returns the name.
  std::string add(const std::string& file, std::string_view text);

 private:
  struct Source {
    std::shared_ptr<const YamlValue> document;  // copies of a catalogue share it
    bool isAbstract = false;
    std::shared_ptr<const Profile> resolved;  // of the embedded ones, until one of them is replaced
  };
  Profile resolve(const std::string& name, std::vector<std::string>& path) const;

  std::map<std::string, Source, std::less<>> sources_;
  std::map<std::string, YamlValue, std::less<>> compat_;
};

}  // namespace vme::profile
