#pragma once
// The PC around an ME, as the software on it sees it. The runtime implements it for a virtual machine.

#include <boost/asio/ip/address_v4.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/me_time.hpp"
#include "base/reasons.hpp"
#include "base/uuid.hpp"
#include "host/firmware_image.hpp"
#include "net/heci.hpp"

namespace vme::host {

enum class Driver : std::uint8_t { absent, old, current };

/// What is installed on a PC beside its driver.
struct Tools {
  bool agent = true;
  bool rngSeedCreator = true;
  bool firmwareUpdater = true;
};

struct PcFacts {
  Uuid uuid;         // of SMBIOS, which is the ME's
  std::string fqdn;  // pc-0017.corp.example
  boost::asio::ip::address_v4 address;
  Driver driver = Driver::current;
  Tools tools;
  std::string chipset;  // Q965: what software distribution picks firmware by
};

/// Used on its executor only.
class Pc {
 public:
  virtual ~Pc() = default;

  virtual PcFacts facts() const = 0;
  virtual net::asio::any_io_executor executor() = 0;
  /// open() says noEntry without a driver.
  virtual net::HeciDevice& heci() = 0;
  /// Seconds since 1970 by the PC's clock, which is the fleet's.
  virtual std::int64_t now() const = 0;
  /// The program that asks has been ended, or the PC with it: it must stop at its next step.
  virtual bool isKilled() const { return false; }
  virtual net::Task<void> wait(MeDuration duration) = 0;
  /// The same for the same machine, purpose and number in every run of a seed.
  virtual Bytes random(std::size_t bytes, std::string_view purpose, std::uint64_t number) const = 0;

  struct Flashed {
    Reason reason = Reason::none;  // updateRefused, updateFailed
    std::string text;
  };
  /// Writes the image into the ME's flash; the firmware runs after the next reboot.
  virtual net::Task<Flashed> flash(const FirmwareImage& image) = 0;
  virtual void installDriver() = 0;
  /// Until the PC and its ME are up again. Open HECI files say noDevice from then on.
  virtual net::Task<void> reboot() = 0;
  /// Somebody unprovisions the ME in MEBx, full.
  virtual void resetMe() = 0;
};

}  // namespace vme::host
