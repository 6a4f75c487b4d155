#pragma once
// The class catalogue as tables: what profiles/cim/*.yaml becomes at build time. Rows are sorted by class name; the
// properties of a class by name, as they stand in an answer.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "firmware/wsman/fault.hpp"
#include "firmware/wsman/reference.hpp"
#include "firmware/wsman/values.hpp"
#include "machine/me.hpp"
#include "wire/realms.hpp"

namespace vme::firmware::wsman {

class MethodCall;
class Edit;

/// A class set: `3.2` is 32. The profile names one (api.wsman_level), the catalogue the first that has a thing.
using Level = std::uint8_t;

enum class Type : std::uint8_t {
  boolean,
  uint8,
  uint16,
  uint32,
  uint64,
  sint64,
  text,
  base64,
  datetime,
  reference,
};

// What the catalogue names, and C++ does. `item` tells the instances of a class apart: what its list provider gave, or
// the position among the instances written down.
using Provider = void (*)(const machine::Me& me, std::uint32_t item, Values& out);
using ItemList = std::vector<std::uint32_t> (*)(const machine::Me& me);
using MethodHandler = std::uint32_t (*)(MethodCall& call);
using EditHandler = std::optional<Fault> (*)(Edit& edit);

/// Which firmware has a class or method: from a class set on, and only what the profile says it can.
using Need = bool (*)(const profile::Profile& profile);
struct Presence {
  Level since = 30;
  Need need = nullptr;

  bool in(const profile::Profile& profile, Level level) const { return since <= level && (!need || need(profile)); }
};

/// Where a property's value comes from: the first that is set; none of them: the property is null.
struct Source {
  std::span<const std::string_view> texts;
  Provider provider = nullptr;
  const ConstantReference* reference = nullptr;
  std::int16_t hardware = -1;  // column of the hardware table
};

struct Property {
  std::string_view name;
  Type type = Type::text;
  bool key = false;
  bool required = false;    // in the body of Put and Create
  Level requiredBelow = 0;  // required on class sets before this one
  Level since = 30;
};

struct Parameter {
  std::string_view name;
  Type type = Type::text;
  bool array = false;
  bool required = false;
  std::span<const std::uint32_t> values;  // the legal ones; empty: any
};

struct Method {
  std::string_view name;
  Presence presence;
  std::span<const Parameter> inputs;
  std::span<const Parameter> outputs;  // in the order of the answer, without ReturnValue
  MethodHandler handler = nullptr;
};

struct Class {
  std::string_view name;
  Presence presence;
  wire::RealmSet read;   // any of them lets Get and Enumerate pass; empty: every login
  wire::RealmSet write;  // the same for everything else
  std::span<const Property> properties;
  std::span<const Source> sources;  // instances written down, one after the other: a source for each property
  ItemList list = nullptr;          // instances by number; then `sources` holds one row
  std::span<const Method> methods;
  EditHandler put = nullptr;
  EditHandler create = nullptr;
  EditHandler remove = nullptr;
};

/// A name that can be enumerated: a class, or a superclass of some.
struct Enumerable {
  std::string_view name;
  std::span<const std::uint16_t> classes;  // rows of the catalogue; a class itself first
};

/// A value that differs by platform: one text for each chipset of kHardwareChipsets.
std::string_view hardwareText(std::int16_t column, std::string_view chipset);

std::span<const Class> catalogue();
std::span<const Enumerable> enumerables();

/// Null for a class that is not in the catalogue; its presence is not looked at.
const Class* findClass(std::string_view name);
const Enumerable* findEnumerable(std::string_view name);

}  // namespace vme::firmware::wsman
