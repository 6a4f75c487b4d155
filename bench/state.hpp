#pragma once

namespace vme::bench {

/// What saving and taking up a fleet of so many provisioned machines costs, beside plain SQLite with the same bytes.
void reportState(unsigned machines);

}  // namespace vme::bench
