#pragma once
// The one table of a profile's fields: what the loader reads, what `set` overrides, and what `vme profiles NAME` lists.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "profile/profile.hpp"
#include "profile/yaml_cursor.hpp"

namespace vme::profile {

struct Field {
  std::string_view section;
  std::string_view key;
  void (*read)(Profile&, const YamlCursor&);
  std::string (*show)(const Profile&);
};
std::span<const Field> allFields();

/// Overrides one value: `api.http_max_conn`, in the YAML form of its value. ConfigError at `place`.
void set(Profile& profile, const std::string& key, const std::string& value, const std::string& place);

/// A profile's values, in the table's order.
struct Fact {
  std::string key;
  std::string value;
};
std::vector<Fact> factsOf(const Profile& profile);

}  // namespace vme::profile
