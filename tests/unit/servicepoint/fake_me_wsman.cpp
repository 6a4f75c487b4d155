// The WS-Man side of the scripted ME.

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "fake_me.hpp"
#include "wire/xml.hpp"

namespace vme::servicepoint::test {
namespace {

std::string answered(std::string_view name, std::string_view text) {
  return fmt::format("<g:{0}>{1}</g:{0}>", name, text);
}

std::string lastPart(std::string_view uri) {
  return std::string(uri.substr(uri.rfind('/') + 1));
}

wire::http::Response envelopeAround(unsigned status, std::string_view body) {
  wire::http::Response response;
  response.status = status;
  response.close = status != 200;
  response.headers = {{"Content-Type", "application/soap+xml; charset=UTF-8"}};
  response.body = fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?><a:Envelope xmlns:a="http://www.w3.org/2003/05/soap-envelope" xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:c="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:e="urn:e" xmlns:g="urn:g"><a:Header></a:Header><a:Body>{}</a:Body></a:Envelope>)",
      body);
  return response;
}

wire::http::Response fault(std::string_view subcode) {
  return envelopeAround(400,
                        fmt::format("<a:Fault><a:Code><a:Value>a:Sender</a:Value><a:Subcode><a:Value>e:{}</a:Value>"
                                    "</a:Subcode></a:Code></a:Fault>",
                                    subcode));
}

}  // namespace

std::string FakeMe::instance(const std::string& className) const {
  if (className == "CIM_SoftwareIdentity") return answered("VersionString", script_.version);
  if (className == "CIM_ComputerSystemPackage") {
    return answered("PlatformGUID",
                    script_.platformGuid.empty() ? toHexUpper(script_.uuid.wire) : script_.platformGuid);
  }
  if (className == "AMT_GeneralSettings") return answered("DigestRealm", realm()) + answered("HostName", hostName_);
  if (className == "AMT_TLSSettingData") return answered("Enabled", "false") + answered("InstanceID", "x");
  if (className == "AMT_SetupAndConfigurationService") {
    return answered("ProvisioningServerOTP", toBase64(asBytes(script_.otp))) +
           answered("ProvisioningState", operational_ ? "2" : "1");
  }
  return {};
}

wire::http::Response FakeMe::answerWsman(const pugi::xml_node& envelope) {
  const auto header = wire::childNamed(envelope, "Header");
  const auto body = wire::firstElement(wire::childNamed(envelope, "Body"));
  const auto className = lastPart(wire::textOf(wire::childNamed(header, "ResourceURI")));
  const auto verb = lastPart(wire::textOf(wire::childNamed(header, "Action")));
  const bool transfer = verb == "Get" || verb == "Put" || verb == "Create";
  operations_.push_back(transfer ? verb + " " + className : verb);
  if (verb == "Create" && script_.hasTlsContext) return fault("AlreadyExists");
  if (verb == "Get" && instance(className).empty()) return fault("DestinationUnreachable");
  if (verb == "Put" && className == "AMT_GeneralSettings") {
    hostName_ = wire::textOf(wire::childNamed(body, "HostName"));
  }
  if (transfer) return envelopeAround(200, fmt::format("<g:{0}>{1}</g:{0}>", className, instance(className)));

  const std::string context = "<g:EnumerationContext>1</g:EnumerationContext>";
  if (verb == "Enumerate") return envelopeAround(200, "<g:EnumerateResponse>" + context + "</g:EnumerateResponse>");
  if (verb == "Pull") {
    return envelopeAround(200, fmt::format("<g:PullResponse><g:Items><g:{0}>{1}{2}</g:{0}></g:Items><g:EndOfSequence>"
                                           "</g:EndOfSequence></g:PullResponse>",
                                           className, answered("InstanceID", "Intel(r) AMT Certificate: Handle: 3"),
                                           answered("X509Certificate", toBase64(certificate_))));
  }
  const auto status = statusOf(verb, body);
  std::string outputs;
  if (status == 0) {
    // The names of EOI for the same thing.
    outputs = carryOut(verb == "AddKey"           ? "CertStoreAddKey"
                       : verb == "AddCertificate" ? "CertStoreAddCertificate"
                                                  : verb,
                       body);
  }
  if (verb == "AddCertificate" && status == 0) {
    outputs =
        "<g:CreatedCertificate><b:Address>x</b:Address><b:ReferenceParameters><c:SelectorSet><c:Selector "
        "Name=\"InstanceID\">Intel(r) AMT Certificate: Handle: 3</c:Selector></c:SelectorSet></b:ReferenceParameters>"
        "</g:CreatedCertificate>";
  }
  // carryOut writes EOI's prefix.
  for (auto at = outputs.find("s0:"); at != std::string::npos; at = outputs.find("s0:")) outputs.replace(at, 3, "g:");
  return envelopeAround(
      200, fmt::format("<g:{0}_OUTPUT>{1}<g:ReturnValue>{2}</g:ReturnValue></g:{0}_OUTPUT>", verb, outputs, status));
}

}  // namespace vme::servicepoint::test
