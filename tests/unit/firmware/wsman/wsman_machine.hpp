#pragma once
// A machine of a shipped profile, and requests to it in the forms that known clients use.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "firmware/wsman/uris.hpp"
#include "firmware/wsman/wsman.hpp"
#include "machine/accounts.hpp"
#include "machine/me.hpp"
#include "machine/setup.hpp"
#include "profile/catalogue.hpp"
#include "wire/xml.hpp"

namespace vme::firmware::wsman {

/// An answer, parsed.
struct Reading {
  wire::http::Response http;
  bool stores = false;
  std::unique_ptr<pugi::xml_document> document = std::make_unique<pugi::xml_document>();

  pugi::xml_node envelope() const { return wire::firstElement(*document); }
  /// The first element of Body.
  pugi::xml_node body() const { return wire::firstElement(wire::childNamed(envelope(), "Body")); }
  std::string header(std::string_view name) const {
    return std::string(wire::textOf(wire::childNamed(wire::childNamed(envelope(), "Header"), name)));
  }
  /// A child of the first element of Body.
  std::string text(std::string_view name) const { return std::string(wire::textOf(wire::childNamed(body(), name))); }
  /// The subcode of a fault, or its code without one; empty for another answer.
  std::string fault() const {
    if (wire::localName(body()) != "Fault") return {};
    const auto code = wire::childNamed(body(), "Code");
    const auto subcode = wire::childNamed(wire::childNamed(code, "Subcode"), "Value");
    return std::string(wire::textOf(subcode ? subcode : wire::childNamed(code, "Value")));
  }
};

class WsmanMachine {
 public:
  explicit WsmanMachine(const std::string& profile = "amt-3.2.2") : profile_(profiles().find(profile)) {
    environment_.dhcpSuffix = "vme.test";
    environment_.roots = {{1, "Test Root", {wire::HashAlgorithm::sha1, Bytes(20, 0x11)}, true, true}};
    identity_.uuid = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");
    identity_.mac = {0x00, 0x19, 0xD1, 0x0A, 0x0B, 0x0C};
    identity_.ipv4 = 0x7F100001;
    identity_.psk = *wire::parsePskPair("0000-037M", "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ");
    hot.state = machine::State::operational;
    hot.mode = machine::ProvisioningMode::enterprise;
  }

  static const profile::Catalogue& profiles() {
    static const profile::Catalogue kProfiles;
    return kProfiles;
  }

  machine::Me me() { return {*profile_, environment_, identity_, hot, overlay, now, Draw(1, 0)}; }
  const profile::Profile& profile() const { return *profile_; }
  machine::Environment& environment() { return environment_; }
  /// The profile as a test wants it.
  void change(const std::function<void(profile::Profile&)>& edit) {
    auto copy = std::make_shared<profile::Profile>(*profile_);
    edit(*copy);
    profile_ = copy;
  }

  Reading post(std::string_view body) {
    wire::http::Request request{.method = "POST", .target = "/wsman", .headers = {}, .body = std::string(body)};
    auto view = me();
    auto answer = handle(view, login, request, effects);
    Reading reading{.http = std::move(answer.response), .stores = answer.stores};
    const auto parsed = wire::parseXml(reading.http.body, *reading.document);
    EXPECT_TRUE(parsed.has_value()) << reading.http.body;
    return reading;
  }

  /// The envelope that MeshCommander sends.
  static std::string envelope(std::string_view action, std::string_view className, std::string_view body,
                              std::string_view moreHeaders = {}) {
    std::string out(
        R"(<?xml version="1.0" encoding="utf-8"?><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope" )"
        R"(xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" )"
        R"(xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><Header><a:Action>)");
    out.append(action).append("</a:Action><a:To>/wsman</a:To><w:ResourceURI>").append(uri::ofClass(className));
    out.append("</w:ResourceURI><a:MessageID>7</a:MessageID><a:ReplyTo><a:Address>").append(uri::kAnonymous);
    out.append("</a:Address></a:ReplyTo><w:OperationTimeout>PT60S</w:OperationTimeout>").append(moreHeaders);
    return out.append("</Header><Body>").append(body).append("</Body></Envelope>");
  }
  static std::string selectors(std::string_view name, std::string_view value) {
    std::string out("<w:SelectorSet><w:Selector Name=\"");
    out.append(name).append("\">").append(value);
    return out.append("</w:Selector></w:SelectorSet>");
  }
  static std::string element(std::string_view className, std::string_view name, std::string_view content) {
    std::string out("<r:");
    out.append(name).append(" xmlns:r=\"").append(uri::ofClass(className)).append("\">").append(content);
    return out.append("</r:").append(name).append(">");
  }
  /// An endpoint reference as the content of a parameter.
  static std::string reference(std::string_view className, std::string_view key, std::string_view value) {
    std::string out(R"(<a:Address>/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>)");
    out.append(uri::ofClass(className)).append("</w:ResourceURI>").append(selectors(key, value));
    return out.append("</a:ReferenceParameters>");
  }

  Reading get(std::string_view className, std::string_view headers = {}) {
    return post(envelope(std::string(uri::kTransfer).append("/Get"), className, "", headers));
  }
  Reading put(std::string_view className, std::string_view properties, std::string_view headers = {}) {
    return post(envelope(std::string(uri::kTransfer).append("/Put"), className,
                         element(className, className, properties), headers));
  }
  Reading create(std::string_view className, std::string_view properties) {
    return post(
        envelope(std::string(uri::kTransfer).append("/Create"), className, element(className, className, properties)));
  }
  Reading remove(std::string_view className, std::string_view headers = {}) {
    return post(envelope(std::string(uri::kTransfer).append("/Delete"), className, "", headers));
  }
  Reading invoke(std::string_view className, std::string_view method, std::string_view parameters = {},
                 std::string_view headers = {}) {
    const auto action = uri::ofClass(className).append("/").append(method);
    return post(
        envelope(action, className, element(className, std::string(method).append("_INPUT"), parameters), headers));
  }
  Reading enumerate(std::string_view className, std::string_view content = {}) {
    std::string body(R"(<n:Enumerate xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration">)");
    body.append(content).append("</n:Enumerate>");
    return post(envelope(std::string(uri::kEnumeration).append("/Enumerate"), className, body));
  }
  Reading pull(std::string_view className, std::string_view context, unsigned elements = 0,
               std::string_view verb = "Pull") {
    std::string body(R"(<n:)");
    body.append(verb).append(R"( xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration">)");
    body.append("<n:EnumerationContext>").append(context).append("</n:EnumerationContext>");
    if (elements != 0) body.append("<n:MaxElements>").append(std::to_string(elements)).append("</n:MaxElements>");
    body.append("</n:").append(verb).append(">");
    return post(envelope(std::string(uri::kEnumeration).append("/").append(verb), className, body));
  }
  /// Enumerate and one Pull of everything.
  Reading all(std::string_view className, std::string_view content = {}) {
    const auto context = enumerate(className, content).text("EnumerationContext");
    return pull(className, context, 999);
  }

  machine::HotRecord hot;
  std::unique_ptr<machine::Nvram> overlay;
  MeTime now{1'700'000'000'000};
  machine::Effects effects;
  machine::Login login{.ha1 = {}, .realms = {}, .isAdmin = true, .handle = 0};

 private:
  std::shared_ptr<const profile::Profile> profile_;
  machine::Environment environment_;
  machine::Identity identity_;
};

/// The profiles that have WS-Man.
inline std::vector<std::string> wsmanProfiles() {
  std::vector<std::string> names;
  for (const auto& name : WsmanMachine::profiles().names()) {
    if (WsmanMachine::profiles().find(name)->api.wsman) names.push_back(name);
  }
  return names;
}

inline std::size_t childCount(const pugi::xml_node& node) {
  std::size_t count = 0;
  for (auto child = wire::firstElement(node); child; child = wire::nextElement(child)) ++count;
  return count;
}

}  // namespace vme::firmware::wsman
