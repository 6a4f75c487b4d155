#include "scenario/load_outputs.hpp"

#include "scenario/values.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

constexpr std::uint64_t kLeastLimit = 64U << 10U;

CaptureSpec readCapture(const YamlCursor& value) {
  CaptureSpec capture;
  if (value.isScalar()) {
    capture.file = value.text();
  } else {
    capture.file = value.at("file").text();
    if (const auto machines = value.find("machines")) capture.machines = readTexts(*machines);
    if (const auto limit = value.find("limit")) {
      capture.limit = limit->sizeBytes();
      if (capture.limit < kLeastLimit)
        limit->fail("capture.limit is too little for a conversation. write 64KiB or more");
    }
    finish(value, captureSection());
  }
  if (capture.file.empty()) value.fail("capture names no file. write capture: run.pcapng");
  return capture;
}

std::optional<JournalSpec> readJournal(const YamlCursor& value) {
  JournalSpec journal;
  if (value.isScalar()) return value.boolean() ? std::optional(journal) : std::nullopt;
  if (const auto machines = value.find("machines")) journal.machines = readTexts(*machines);
  finish(value, journalSection());
  return journal;
}

Key machinesKey() {
  return {.name = "machines",
          .doc = "whose: GROUP/INDEX or GROUP, one or a list; all by default",
          .shapes = {{.kind = Shape::Kind::text}, {.kind = Shape::Kind::list, .items = {{.kind = Shape::Kind::text}}}}};
}

}  // namespace

void readOutputs(const YamlCursor& root, Scenario& scenario) {
  if (const auto capture = root.find("capture")) scenario.capture = readCapture(*capture);
  if (const auto journal = root.find("journal")) scenario.journal = readJournal(*journal);
}

const Section& captureSection() {
  static const Section kSection{.name = "capture",
                                .keys = {{.name = "file",
                                          .doc = "the pcapng file, from the folder of the results",
                                          .shapes = {{.kind = Shape::Kind::text}},
                                          .required = true},
                                         machinesKey(),
                                         {.name = "limit",
                                          .doc = "the size at which it takes nothing more; 1GiB by default",
                                          .shapes = {{.kind = Shape::Kind::size}}}}};
  return kSection;
}

const Section& journalSection() {
  static const Section kSection{.name = "journal", .keys = {machinesKey()}};
  return kSection;
}

}  // namespace vme::scenario
