#pragma once
// The operations of WS-Management on one machine. Each gives the whole envelope of its answer, or the fault.

#include <string>

#include "firmware/wsman/catalogue/model.hpp"
#include "firmware/wsman/request.hpp"
#include "machine/accounts.hpp"

namespace vme::firmware::wsman {

struct Context {
  machine::Me& me;
  const machine::Login& login;
  machine::Effects& effects;
  const Request& request;
  Level level = 0;
  std::uint32_t messageNumber = 0;
};

Or<std::string> identify(Context& context);
Or<std::string> get(Context& context);
Or<std::string> put(Context& context);
Or<std::string> create(Context& context);
Or<std::string> remove(Context& context);
Or<std::string> enumerate(Context& context);
Or<std::string> pull(Context& context);
Or<std::string> release(Context& context);
/// The action is `<class URI>/METHOD`.
Or<std::string> invoke(Context& context);
/// The same, of a method that is not called and gives nothing but that ReturnValue; InternalError with that status
/// where the action is no method of a class.
Or<std::string> invokeNot(Context& context, std::uint32_t status);

/// The class that the request names, when this firmware has it.
Or<const Class*> classOf(const Context& context);

}  // namespace vme::firmware::wsman
