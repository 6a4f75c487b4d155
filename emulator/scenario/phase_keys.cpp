// The keys of a phase, for the schema and the explanation of scenarios.

#include "scenario/load_faults.hpp"
#include "scenario/load_phases.hpp"

namespace vme::scenario {
namespace {

std::vector<Key> conditionKeys() {
  return {
      {"settled", "so many machines have settled", {shape::count()}},
      {"provisioned", "so many are provisioned", {shape::count()}},
      {"refused", "so many are refused", {shape::count()}},
      {"failed", "so many have failed", {shape::count()}},
      {"hellos", "so many hellos have gone out", {shape::count()}},
      {"updated", "so many run another firmware", {shape::count()}},
      {"outcome", "of so many, that reason is the latest", {shape::map([]() -> const Section& {
         static const Section kOutcome{"phase-outcome",
                                       {{"reason", "a word of `vme quirks --reasons`", {shape::text()}, true},
                                        {"is", "how many", {shape::count()}, true}}};
         return kOutcome;
       })}},
      {"state", "so many are in that state", {shape::map([]() -> const Section& {
         static const Section kState{"phase-state",
                                     {{"factory", "how many", {shape::count()}},
                                      {"in-setup", "how many", {shape::count()}},
                                      {"operational", "how many", {shape::count()}}}};
         return kState;
       })}},
  };
}

const Section& whenSection() {
  static const Section kWhen = [] {
    Section section{"phase-when", conditionKeys()};
    section.keys.push_back({"after", "and so long after that", {shape::duration()}});
    return section;
  }();
  return kWhen;
}

const Section& waitSection() {
  static const Section kWait = [] {
    Section section{"phase-wait", conditionKeys()};
    section.keys.push_back(
        {"within", "by the fleet's clock; else the run ends in an error", {shape::duration()}, true});
    return section;
  }();
  return kWait;
}

const Section& updateSection() {
  static const Section kUpdate{"act-update", {{"to", "a profile of the machines' chipset", {shape::text()}, true}}};
  return kUpdate;
}
const Section& resetSection() {
  static const Section kReset{"act-reboot-me", {{"down", "how long the ME is gone", {shape::duration()}, true}}};
  return kReset;
}
const Section& dhcpSection() {
  static const Section kDhcp{"act-dhcp",
                             {{"option15", "the DNS suffix", {shape::text()}},
                              {"option6", "none, or anything for a name server", {shape::text()}}}};
  return kDhcp;
}
const Section& clockSection() {
  static const Section kClock{"act-clock",
                              {{"jump", "forwards, or backwards with a minus; days and years too", {shape::text()}},
                               {"offset_s", "from the fleet's time", {shape::integer()}},
                               {"drift_ppm", "from now on", {shape::decimal(0, 0)}},
                               {"lost", "the protected clock starts again in 2000", {shape::boolean()}}}};
  return kClock;
}

const Section& doSection() {
  static const Section kDo{
      "act",
      {
          {"ac", "the mains", {shape::word({"lost", "back"})}},
          {"host",
           "the PC's power and system",
           {shape::word({"on", "sleep", "hibernate", "off", "os-linux", "os-windows"})}},
          {"link", "the wired network", {shape::word({"up", "down", "wifi"})}},
          {"update", "somebody updates the firmware", {shape::map(updateSection)}},
          {"unprovision", "in MEBx", {shape::word({"full", "partial"})}},
          {"remote-configuration", "set-up by certificate, switched in MEBx", {shape::word({"on", "off"})}},
          {"lose-config", "a CMOS clear", {shape::boolean()}},
          {"usb-record", "the PC boots with that USB key", {shape::text()}},
          {"agent-start", "the client agent starts, once more if it runs", {shape::boolean()}},
          {"agent-kill", "the client agent ends at its next step", {shape::boolean()}},
          {"reboot-me", "the ME resets by itself", {shape::map(resetSection)}},
          {"ip", "the address changes", {shape::word({"move"})}},
          {"dhcp", "a new lease with other options", {shape::map(dhcpSection)}},
          {"clock", "the machine's clock", {shape::map(clockSection)}},
          {"nvram", "what is stored", {shape::word({"lose", "corrupt"})}},
          {"faults", "these rules, and no others, hold from now on", {shape::list({shape::map(faultSection)})}},
          {"quirks", "quirks of machines hold from now on", {shape::free()}},
          {"clear-faults", "and none holds any more", {shape::boolean()}},
          {"service-point",
           "the embedded one, as a whole or at the machines of the phase that it has provisioned",
           {shape::word({"stop", "start", "restart", "partial-unprovision", "send-crl", "reboot-to-setup"})}},
          {"dns", "another service point takes over at another port", {shape::word({"moves"})}},
          {"certificate", "the provisioning certificate", {shape::word({"expires", "renewed"})}},
          {"approve", "that group is approved from now on", {shape::text()}},
          {"refuse", "that group is refused from now on", {shape::text()}},
          {"block", "that group is blocked from now on", {shape::text()}},
      }};
  return kDo;
}

}  // namespace

const Section& phaseSection() {
  static const Section kPhase{
      "phase",
      {
          {"at",
           "before, after, a share of the machines that have settled, or a time since the start",
           {shape::word({"before", "after"}), shape::share(), shape::duration()}},
          {"when", "once that holds", {shape::map(whenSection)}},
          {"after", "and so long after that", {shape::duration()}},
          {"group", "whom it befalls; all without it", {shape::text()}},
          {"machines", "GROUP/INDEX, in place of group", {shape::list({shape::text()})}},
          {"share", "of these, drawn from the seed", {shape::share()}},
          {"do",
           "what happens: a map, carried out in its order, or a list of maps",
           {shape::map(doSection), shape::list({shape::map(doSection)})},
           true},
          {"wait", "what must come of it", {shape::map(waitSection)}},
      }};
  return kPhase;
}

}  // namespace vme::scenario
