#pragma once
// Names of WS-Management and its relatives (wsman.md 2.2).

#include <string>
#include <string_view>

namespace vme::firmware::wsman::uri {

inline constexpr std::string_view kSoap = "http://www.w3.org/2003/05/soap-envelope";
inline constexpr std::string_view kAddressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
inline constexpr std::string_view kAnonymous = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
inline constexpr std::string_view kWsman = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
inline constexpr std::string_view kCimBinding = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
inline constexpr std::string_view kTrust = "http://schemas.xmlsoap.org/ws/2005/02/trust";
inline constexpr std::string_view kEnumeration = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
inline constexpr std::string_view kTransfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
inline constexpr std::string_view kEventing = "http://schemas.xmlsoap.org/ws/2004/08/eventing";
inline constexpr std::string_view kCimCommon = "http://schemas.dmtf.org/wbem/wscim/1/common";
inline constexpr std::string_view kIdentity = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
inline constexpr std::string_view kSecurity =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

inline constexpr std::string_view kSelectorFilter = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";
inline constexpr std::string_view kAssociationFilter =
    "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter";

/// What comes before the class name in a resource URI; by the name's prefix (wsman-classes.md 2).
constexpr std::string_view family(std::string_view className) {
  if (className.starts_with("AMT_")) return "http://intel.com/wbem/wscim/1/amt-schema/1/";
  if (className.starts_with("IPS_")) return "http://intel.com/wbem/wscim/1/ips-schema/1/";
  return "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
}

inline std::string ofClass(std::string_view className) {
  return std::string(family(className)).append(className);
}

/// The class name of a resource URI of one of the families; empty for others.
constexpr std::string_view className(std::string_view resourceUri) {
  const auto name = resourceUri.substr(resourceUri.rfind('/') + 1);
  return resourceUri.substr(0, resourceUri.size() - name.size()) == family(name) ? name : std::string_view();
}

}  // namespace vme::firmware::wsman::uri
