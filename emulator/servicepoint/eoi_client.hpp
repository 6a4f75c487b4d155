#pragma once
// EOI calls: SOAP 1.1, one POST each (eoi.md 2). The answer's tree lives until the next call.

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "servicepoint/http_session.hpp"
#include "wire/amt_status.hpp"
#include "wire/xml.hpp"

namespace vme::servicepoint {

struct EoiService {
  std::string_view path;
  std::string_view xmlNamespace;
};
inline constexpr EoiService kSecurityAdministration{
    "/SecurityAdministrationService", "http://schemas.intel.com/platform/client/SecurityAdministration/2004/01"};
inline constexpr EoiService kNetworkAdministration{
    "/NetworkAdministrationService", "http://schemas.intel.com/platform/client/NetworkAdministration/2004/01"};
inline constexpr EoiService kRemoteControl{"/RemoteControlService",
                                           "http://schemas.intel.com/platform/client/RemoteControl/2004/01"};
inline constexpr EoiService kRedirection{"/RedirectionService",
                                         "http://schemas.intel.com/platform/client/Redirection/2004/01"};
inline constexpr EoiService kNetworkTime{"/NetworkTimeService",
                                         "http://schemas.intel.com/platform/client/NetworkTime/2004/01"};

class EoiClient {
 public:
  explicit EoiClient(HttpSession& session) : session_(session) {}

  struct Answer {
    wire::AmtStatus status = wire::AmtStatus::success;
    pugi::xml_node response;  // OPResponse
  };
  /// `parameters`: the operation's children, in its default namespace. The status is the caller's to judge; no SOAP
  /// answer is callFailed.
  net::Task<Attempt<Answer>> ask(EoiService service, std::string_view operation, std::string_view parameters);
  /// The same; a status other than success is callFailed.
  net::Task<Attempt<pugi::xml_node>> call(EoiService service, std::string_view operation, std::string_view parameters);
  /// The same, of which only the success is wanted.
  net::Task<Attempt<void>> invoke(EoiService service, std::string_view operation, std::string_view parameters);
  /// Whether the ME refuses that password of admin.
  net::Task<Attempt<bool>> isRefused(const std::string& password);

 private:
  HttpSession::Post prepare(EoiService service, std::string_view operation, std::string_view parameters);

  HttpSession& session_;
  std::string body_;
  std::string action_;
  std::string answer_;
  pugi::xml_document document_;
};

/// The handles that an enumeration has answered; they live on.
std::vector<std::string> handlesIn(pugi::xml_node response);

}  // namespace vme::servicepoint
