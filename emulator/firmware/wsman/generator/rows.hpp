#pragma once
// The catalogue as profiles/cim says it, read and checked; what the generator writes C++ from.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "profile/yaml_cursor.hpp"

namespace vme::cim {

struct SourceRow {
  std::vector<std::string> texts;
  std::string provider;  // `values::network::hostName`
  std::string hardware;  // column
  std::string referenceClass;
  std::vector<std::pair<std::string, std::string>> selectors;
  std::string place;
};

struct PropertyRow {
  std::string name;
  std::string type;  // enumerator of wsman::Type
  bool array = false;
  bool key = false;
  bool required = false;
  unsigned requiredBelow = 0;
  unsigned since = 30;
  SourceRow source;
};

struct ParameterRow {
  std::string name;
  std::string type;
  bool array = false;
  bool required = false;
  std::vector<std::uint64_t> values;
};

struct MethodRow {
  std::string name;
  std::string handler;
  unsigned since = 30;
  std::string need;  // C++ name; empty: none
  std::vector<ParameterRow> inputs;
  std::vector<ParameterRow> outputs;
};

struct ClassRow {
  std::string name;
  std::string place;
  unsigned since = 30;
  std::string need;
  std::vector<std::string> superclasses;
  std::uint32_t readBits = 0;
  std::uint32_t writeBits = 0;
  std::string list, put, create, remove;          // C++ names; empty: none
  std::vector<PropertyRow> properties;            // by name
  std::vector<std::vector<SourceRow>> instances;  // a source for each property
  std::vector<MethodRow> methods;
};

struct Catalogue {
  std::map<std::string, ClassRow> classes;
  std::vector<std::string> columns;                                         // of the hardware table
  std::vector<std::pair<std::string, std::vector<std::string>>> platforms;  // chipset, texts; `default` first
};

/// Adds what a file says. ConfigError with place for what is wrong.
void readClasses(const profile::YamlCursor& document, Catalogue& into);
void readPlatforms(const profile::YamlCursor& document, Catalogue& into);
/// What can only be seen with all files read: references and hardware columns that do not exist.
void checkCatalogue(const Catalogue& catalogue);

/// The C++ source.
std::string writeTables(const Catalogue& catalogue);

}  // namespace vme::cim
