#pragma once
// The operations that firmware may be asked for, by the names of firmware::operationName: what a file that names one is
// checked against.

#include <string>
#include <string_view>
#include <vector>

namespace vme::firmware {

/// `CommitChanges` (EOI, or a method of any WS-Man class), `CLASS.Method`, `Get CLASS` and the other verbs, `Identify`,
/// and `GET /path`.
bool isOperation(std::string_view name);
/// Those that a misspelt name is compared with.
std::vector<std::string> operationNames();
/// Whether the operation `name`, as it was called, is the one that is asked for: a method may be given without its
/// class.
bool isSameOperation(std::string_view asked, std::string_view name);

}  // namespace vme::firmware
