#pragma once
// What came of several scenarios: a line as each ends, and a table, one JUnit file and one exit status of them all.

#include <filesystem>
#include <string>
#include <vector>

#include "cli/app.hpp"
#include "report/results.hpp"

namespace vme::cli {

class RunTable {
 public:
  RunTable(std::size_t total, bool quiet) : total_(total), quiet_(quiet) {}

  /// Prints the scenario's verdict on standard error.
  void add(report::Results results);

  std::string text() const;
  /// An array of the scenarios' results.
  std::string json() const;
  /// JUnit of all. EnvironmentError.
  void write(const std::filesystem::path& junit) const;
  Exit exit() const;

 private:
  std::size_t total_;
  bool quiet_;
  std::vector<report::Results> runs_;
};

/// The first thing that was not as it should be, in a few words; empty when all held.
std::string whatFailed(const report::Results& results);

}  // namespace vme::cli
