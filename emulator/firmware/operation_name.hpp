#pragma once
// What a request asks for, by the name that people and fault rules call it.

#include <string>
#include <string_view>

#include "wire/http.hpp"

namespace vme::firmware {

inline constexpr std::string_view kWsmanPath = "/wsman";

/// `CommitChanges` (EOI); `Get AMT_GeneralSettings`, `Enumerate CIM_Foo`,
/// `AMT_SetupAndConfigurationService.CommitChanges` or `Identify` (WS-Man); `GET /index.htm` for a page; empty for a
/// body that is no SOAP message.
std::string operationName(const wire::http::Request& request);

}  // namespace vme::firmware
