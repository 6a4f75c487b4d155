#pragma once
// What hosts of a machine with this firmware see of it from outside.

#include "devmei/control.hpp"
#include "profile/profile.hpp"

namespace vme::cli {

devmei::DeviceState heciStateOf(const profile::Profile& profile);

}  // namespace vme::cli
