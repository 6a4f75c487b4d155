#include "scenario/starter.hpp"

namespace vme::scenario {
namespace {

constexpr std::string_view kPlaceholder = "NAME";

constexpr std::string_view kBareMetal = R"yaml(# What it shows, in a sentence.
# Run:   vme run NAME.yaml
# Check: vme scenario check NAME.yaml; in plain words: vme scenario explain NAME.yaml
schema: 1
name: NAME
seed: 1                            # the same seed gives the same machines, arrivals and outcomes

variables:                         # ${machines} below; another value: --set variables.machines=500
  machines: 100

service_point: embedded            # or {host: sp.example, hello_port: 9971}

groups:
  - name: desktops                 # its machines are desktops/0, desktops/1 ...
    machines: ${machines}
    profiles: [amt-3.0, amt-3.2.2] # `vme profiles` lists them; dealt evenly
    provisioning: bare-metal       # they come up by themselves and send hellos
    method: auto                   # by certificate where the firmware has it, else by PSK
    arrival: {over: 10s, shape: ramp}

expect:                            # exit status 1 when one does not hold
  - provisioned: 100%
  - state: {is: operational}       # the machines' own word
  - time_to_provision: {p95: "< 30s"}
)yaml";

constexpr std::string_view kAgent = R"yaml(# What it shows, in a sentence: machines that their PC's client agent starts.
# Run:   vme run NAME.yaml
# Check: vme scenario check NAME.yaml; in plain words: vme scenario explain NAME.yaml
schema: 1
name: NAME
seed: 1
clock: skip-idle                   # retries of an hour cost no time

service_point:
  mode: embedded
  policy:                          # what its policy server has for the agents
    otp_lifetime: 15m
    driver: false                  # no package with a HECI driver

groups:
  - name: notebooks
    machines: 50
    profile: amt-4.0
    provisioning: agent
    arrival: {waves: {count: 5, every: 1m, over: 10s}}
    overrides:
      "0-4": {host: {driver: absent}}        # five of them have no HECI driver

  - name: late
    machines: 10
    profile: amt-4.0
    provisioning: agent
    agent: {otp: expired}          # or right, reused, of-another, wrong

expect:
  - provisioned: {group: notebooks, is: 45}
  - outcome: {group: notebooks, reason: heci-driver-missing, is: 5}
  - outcome: {group: late, reason: otp-expired, is: 100%}
  - never: {group: late, state: operational}
)yaml";

constexpr std::string_view kFaults =
    R"yaml(# What it shows, in a sentence: what a service point does when things go wrong.
# Run:   vme run NAME.yaml
# Check: vme scenario check NAME.yaml; in plain words: vme scenario explain NAME.yaml
schema: 1
name: NAME
seed: 1

groups:
  - name: good
    machines: 40
    profile: amt-3.2.2
    arrival: {poisson: {rate: 20}}           # as independent users come

  - name: flaky
    machines: 20
    profile: amt-3.2.2
    faults:                                  # docs/faults.md
      - {id: lost-handshake, do: reset-after, on: tls.handshake, bytes: 900, share: 50%, times: 1}

  - name: wrong-pps
    machines: 10
    profile: amt-2.1
    service_point_knows: {pps: wrong}

  - name: unapproved
    machines: 10
    profile: amt-3.0
    approval: refuse

  - name: inactive-root
    machines: 10
    profile: amt-4.0
    root: {active: false}

expect:
  - provisioned: {group: good, is: 100%}
  - provisioned: {group: flaky, is: 100%}    # it tries again
  - fired: {fault: lost-handshake, is: "> 0"}
  - order: {group: good, of: [hello-sent, connected, handshake-done, CommitChanges, operational]}
  - outcome: {group: wrong-pps, reason: psk-refused, is: 100%}
  - outcome: {group: unapproved, reason: not-approved, is: 100%}
  - never: {group: unapproved, event: connected}
  - never: {group: inactive-root, state: operational}
  - connections: {group: good, per: machine, max: 20}
)yaml";

constexpr std::string_view kExternal = R"yaml(# What it shows, in a sentence: a provisioning server of your own.
# Start the server, then: vme run NAME.yaml --psk-out pairs.txt
# Check: vme scenario check NAME.yaml; in plain words: vme scenario explain NAME.yaml
schema: 1
name: NAME
seed: 1
deadline: 5m

service_point:
  host: 127.0.0.1                  # where it listens for hellos
  hello_port: 9971
  verifies: false                  # true: it logs in again once a machine is operational

groups:
  - name: by-psk
    machines: 10
    profile: amt-3.2.2
    method: psk                    # the server needs the pairs: vme scenario check NAME.yaml --psk-out pairs.txt

  - name: by-pki
    machines: 10
    profile: amt-4.0
    method: pki
    # root: {file: root.pem}       # the root of its certificate; `vme pki make` makes one

expect:
  - provisioned: 100%
  - never: {login_failures: "> 3"}
)yaml";

}  // namespace

const std::vector<Starter>& starters() {
  static const std::vector<Starter> all{
      {"bare-metal", "machines that come up and are provisioned", kBareMetal},
      {"agent", "machines that their PC's client agent starts", kAgent},
      {"faults", "what goes wrong, and what must then never happen", kFaults},
      {"external", "a provisioning server of your own", kExternal},
  };
  return all;
}

std::string starterText(const Starter& starter, std::string_view name) {
  std::string out(starter.text);
  for (auto at = out.find(kPlaceholder); at != std::string::npos; at = out.find(kPlaceholder, at + name.size())) {
    out.replace(at, kPlaceholder.size(), name);
  }
  return out;
}

}  // namespace vme::scenario
