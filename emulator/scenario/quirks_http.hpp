#pragma once
// The quirks of HTTP, SOAP and WS-Man, for the table of wire quirks.

#include "scenario/quirk.hpp"

namespace vme::scenario {

void readHttpQuirk(const profile::YamlCursor& value, GroupSpec& spec);
const Section& httpQuirk();
void readSoapFail(const profile::YamlCursor& value, GroupSpec& spec);
const Section& soapFail();
void readWsmanQuirk(const profile::YamlCursor& value, GroupSpec& spec);
const Section& wsmanQuirk();

}  // namespace vme::scenario
