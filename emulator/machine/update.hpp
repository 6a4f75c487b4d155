#pragma once
// Updating the firmware of a machine: what it refuses, what it keeps, and how it is left when the update ends half-way
// (firmware-profiles.md 1.1, field-failures.md 14).

#include <optional>

#include "machine/me.hpp"

namespace vme::machine {

/// Why the update tool refuses the build, before it writes anything: other hardware, or not newer than what runs.
/// Nothing when it takes it. A machine that an update has left half-way takes its own build again.
std::optional<Note> refusalOfUpdate(const Me& me, const profile::Profile& to);

/// The update ended half-way, as by a loss of power: the ME stays in recovery, with HECI and nothing else, until an
/// update succeeds. What is on flash stays.
void breakOffUpdate(Me& me, Effects& effects);

/// The machine runs the new build from now on; `me` has its profile and environment. Settings, accounts, certificates
/// and the state of set-up stay as they are, and so do rows that a user has entered into the root table; the rows of
/// the firmware are those of the new build, switched off where they were.
void finishUpdate(Me& me);

}  // namespace vme::machine
