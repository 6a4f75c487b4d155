// A request body to /wsman on a provisioned machine: whatever it is, the answer is well-formed XML.

#include "firmware/wsman/wsman.hpp"

#include <cstdlib>

#include "profile/catalogue.hpp"
#include "wire/xml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vme;
  static const auto kProfile = profile::Catalogue().find("amt-5.0");
  static const machine::Environment kEnvironment;
  static const machine::Identity kIdentity;
  machine::HotRecord hot;
  hot.state = machine::State::operational;
  std::unique_ptr<machine::Nvram> overlay;
  machine::Me me{*kProfile, kEnvironment, kIdentity, hot, overlay, MeTime{1'700'000'000'000}, Draw(1, 0)};
  const machine::Login admin{.ha1 = {}, .realms = {}, .isAdmin = true, .handle = 0};
  const wire::http::Request request{
      .method = "POST", .target = "/wsman", .headers = {}, .body = std::string(asText({data, size}))};
  machine::Effects effects;
  const auto answer = firmware::wsman::handle(me, admin, request, effects);
  pugi::xml_document document;
  if (!wire::parseXml(answer.response.body, document)) std::abort();
  return 0;
}
