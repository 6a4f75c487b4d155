#include "wire/heci.hpp"

namespace vme::wire::heci {

std::string_view nameOf(Error error) {
  switch (error) {
    case Error::none:
      return "no error";
    case Error::noEntry:
      return "ENOENT";
    case Error::busy:
      return "EBUSY";
    case Error::noDevice:
      return "ENODEV";
    case Error::invalid:
      return "EINVAL";
    case Error::unknownClient:
      return "ENOTTY";
    case Error::tooLong:
      return "EFBIG";
    case Error::timedOut:
      return "ETIME";
  }
  return "an error";
}

}  // namespace vme::wire::heci
