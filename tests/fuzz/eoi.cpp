// Any bytes as the body of an EOI call by the administrator: one HTTP answer, 200 or a fault, with XML in it.

#include <array>
#include <string>

#include "firmware/services.hpp"
#include "testing/machine_builder.hpp"
#include "wire/xml.hpp"

using namespace vme;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // White space before the envelope, which every service accepts, chooses another one.
  static constexpr std::array kServices{
      "SecurityAdministration", "NetworkAdministration", "RemoteControl", "NetworkTime", "EventManager", "Redirection"};
  testing::MachineBuilder builder("amt-3.2.2");
  builder.with([](profile::Profile& profile) { profile.prov.certIsAuth = true; }).inSetupByPki();
  const auto machine = builder.build();
  auto me = machine->me();
  const std::string target = std::string("/") + kServices[size > 0 ? data[0] % kServices.size() : 0] + "Service";
  const wire::http::Request request{"POST", target, {{"Content-Length", "0"}}, std::string(data, data + size)};
  firmware::Session session{.port = machine::kHttpsPort, .tls = true, .setup = true};
  session.kind = firmware::TlsOffer::Kind::setupPki;
  machine::Effects effects;
  const auto outcome = firmware::onRequest(me, session, request, effects);
  const auto* reply = std::get_if<firmware::Reply>(&outcome);
  if (!reply || (reply->response.status != 200 && reply->response.status != 500)) __builtin_trap();
  pugi::xml_document document;
  if (!wire::parseXml(reply->response.body, document)) __builtin_trap();
  return 0;
}
