#pragma once
// The file of a USB key, and how machines take records from it. The file is locked while a machine reads it and marks
// its record, so that no two machines, of this process or another, take the same one.

#include <filesystem>
#include <string>

#include "machine/me.hpp"
#include "wire/setup_bin.hpp"

namespace vme::runtime {

class UsbKey {
 public:
  /// Reads the whole file and checks that it can be marked. ConfigError for a file that is malformed or that it cannot
  /// read or write; `place` is where its name was given.
  UsbKey(const std::string& place, std::filesystem::path file);

  /// As it was then.
  const wire::setup_bin::File& content() const { return content_; }

  /// A machine comes up with the key inserted: reads header and record as they are now, and marks what it takes.
  /// Whatever keeps it from that is a note.
  void insertInto(machine::Me& me, machine::Effects& effects) const;

 private:
  std::filesystem::path file_;
  wire::setup_bin::File content_;
};

}  // namespace vme::runtime
