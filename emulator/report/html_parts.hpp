#pragma once
// The parts of the report page, one function a section. For report/ only.

#include <cstdint>
#include <string>
#include <string_view>

#include "report/results.hpp"

namespace vme::report {

/// `850 ms`, `12.30 s`, `4.1 min`.
std::string milliseconds(double ms);
/// Nothing for an empty body.
std::string section(std::string_view title, const std::string& body);
/// A cell with a number, grey when it is 0; `name` is what tests look it up by.
std::string numberCell(std::uint64_t value, std::string_view name, std::string_view look = {});

std::string verdictPart(const Results& results);  // name, verdict, what failed and why, counts
std::string fieldPart(const Results& results);    // which failure of the field it reproduces
std::string expectationPart(const Results& results);
std::string tablePart(const std::vector<GroupResult>& groups, bool named);
std::string timelinePart(const Results& results);    // states, stacked
std::string throughputPart(const Results& results);  // arrival against completion
std::string stepPart(const std::vector<StepResult>& steps);
std::string profileStepPart(const std::vector<GroupResult>& profiles);
std::string failurePart(const Results& results);  // with an example and its conversation
std::string faultPart(const Results& results);
std::string auditPart(const Results& results);
std::string healthPart(const Health& health);
std::string environmentPart(const Results& results);  // and how to run it again

}  // namespace vme::report
