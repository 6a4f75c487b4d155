// Identify (wsman.md 3.4).

#include "firmware/wsman/operations.hpp"
#include "wire/xml.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::string_view kIdentifyHead =
    R"(<?xml version="1.0" encoding="UTF-8"?><a:Envelope xmlns:a="http://www.w3.org/2003/05/soap-envelope")"
    R"( xmlns:b="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd")"
    R"( xmlns:c="http://schemas.dmtf.org/wbem/dash/1/dash.xsd"><a:Header></a:Header><a:Body><b:IdentifyResponse>)"
    R"(<b:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</b:ProtocolVersion>)"
    R"(<b:ProductVendor>Intel(r)</b:ProductVendor>)";
constexpr std::string_view kTail =
    "<b:SecurityProfiles>"
    "<b:SecurityProfileName>http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/digest</b:SecurityProfileName>"
    "<b:SecurityProfileName>http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/spnego-kerberos"
    "</b:SecurityProfileName></b:SecurityProfiles></b:IdentifyResponse></a:Body></a:Envelope>";

/// `3.2.2` -> `3.2`
std::string_view majorAndMinor(std::string_view version) {
  const auto second = version.find('.', version.find('.') + 1);
  return version.substr(0, second);
}

/// `1.0` -> `1.0.0`, the form of DASHVersion
std::string threeNumbers(std::string version) {
  return version.find('.') == version.rfind('.') ? version.append(".0") : version;
}

}  // namespace

Or<std::string> identify(Context& context) {
  const auto& profile = context.me.profile;
  std::string out(kIdentifyHead);
  wire::XmlWriter writer(out);
  writer.open("b", "ProductVersion").raw("AMT ").text(majorAndMinor(profile.identity.version));
  writer.close("b", "ProductVersion");
  if (profile.api.dash) writer.element("c", "DASHVersion", threeNumbers(*profile.api.dash));
  return out.append(kTail);
}

}  // namespace vme::firmware::wsman
