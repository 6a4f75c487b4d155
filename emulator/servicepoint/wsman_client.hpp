#pragma once
// WS-Man calls as AMT takes them: SOAP 1.2 to /wsman (wsman.md 2 and 3). The answer's tree lives until the next call.

#include <functional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "servicepoint/http_session.hpp"
#include "wire/amt_status.hpp"
#include "wire/xml.hpp"

namespace vme::servicepoint {

/// One selector: the key's name and value; none when the name is empty.
struct Selector {
  std::string_view name;
  std::string_view value;
};

struct Change {
  std::string_view property;
  std::string_view value;
};

class WsmanClient {
 public:
  explicit WsmanClient(HttpSession& session) : session_(session) {}

  struct Answer {
    /// Get, Put, invoke: the body's element. Null after a fault.
    pugi::xml_node body;
    std::string fault;  // `AlreadyExists`, without its prefix
    Failure failure;    // what the fault says, as a failure
  };
  net::Task<Attempt<Answer>> tryGet(std::string_view className, Selector selector);
  net::Task<Attempt<pugi::xml_node>> get(std::string_view className, Selector selector);
  /// Puts back what the last Get of that class gave, changed.
  net::Task<Attempt<void>> putChanged(std::string_view className, Selector selector, pugi::xml_node got,
                                      std::vector<Change> changes);
  /// `properties`: the instance's children, each with the prefix r.
  net::Task<Attempt<Answer>> tryCreate(std::string_view className, std::string_view properties);
  net::Task<Attempt<void>> put(std::string_view className, Selector selector, std::string_view properties);

  struct Invoked {
    wire::AmtStatus status = wire::AmtStatus::success;  // ReturnValue
    pugi::xml_node output;
  };
  /// `parameters`: children of METHOD_INPUT, each with the prefix r. The return value is the caller's to judge.
  net::Task<Attempt<Invoked>> ask(std::string_view className, std::string_view method, std::string_view parameters);
  /// The same; a return value other than 0 is callFailed.
  net::Task<Attempt<pugi::xml_node>> invoke(std::string_view className, std::string_view method,
                                            std::string_view parameters);
  /// Enumerate and Pull to the end; `visit` sees each instance and says whether to go on.
  net::Task<Attempt<void>> enumerate(std::string_view className, std::function<bool(pugi::xml_node)> visit);

  /// Whether the ME refuses that password of admin.
  net::Task<Attempt<bool>> isRefused(const std::string& password);

  /// An EPR's content: Address and ReferenceParameters, for reference properties and parameters.
  static void appendReference(std::string& out, std::string_view className, Selector selector);

 private:
  HttpSession::Post prepare(std::string_view name, std::string_view className, std::string_view action,
                            Selector selector, std::string_view body);
  net::Task<Attempt<Answer>> exchange(std::string_view name, std::string_view className, std::string_view action,
                                      Selector selector, std::string_view body);

  HttpSession& session_;
  std::string body_;
  std::string answer_;
  pugi::xml_document document_;
  unsigned messageId_ = 0;
};

}  // namespace vme::servicepoint
