#pragma once

#include "report/results.hpp"

namespace vme::report {

/// A run with one of everything, and text that needs escaping.
inline Results sampleResults() {
  Results results;
  results.scenario = "monday & <friends>";
  results.seed = 7;
  results.started = "2026-01-02T03:04:05Z";
  results.wallMs = 1234.5678;
  results.clockSpeed = "60";
  results.tls = "modern";
  results.verdict = Verdict::failed;
  results.machines = {.total = 10, .provisioned = 7, .refused = 1, .failed = 2, .idle = 0};
  results.groups = {{.name = "desktops",
                     .profile = "amt-3.2.2",
                     .provisioning = "pki",
                     .machines = {.total = 6, .provisioned = 5, .refused = 0, .failed = 1, .idle = 0},
                     .outcomes = {{"provisioned", 5}, {"psk-refused", 1}},
                     .p50 = 80,
                     .p95 = 120},
                    {.name = "desktops",
                     .profile = "amt-2.1",
                     .provisioning = "psk",
                     .machines = {.total = 4, .provisioned = 2, .refused = 1, .failed = 1, .idle = 0},
                     .outcomes = {{"provisioned", 2}, {"not-approved", 1}, {"psk-refused", 1}},
                     .p50 = 40,
                     .p95 = 60}};
  results.profiles = results.groups;
  results.expectations = {
      {.text = "provisioned: \"> 95%\"", .held = false, .seen = "7 of 10", .wanted = "> 95%", .where = "a.yaml:9:5"},
      {.text = "idle: 0", .held = true, .seen = "0 of 10", .wanted = "0", .where = "a.yaml:10:5"}};
  std::vector<double> hellos{0.25, 0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 1, 3};
  std::vector<double> wholes{60, 70, 75, 80, 90, 120, 131.5};
  results.steps = {stepOf("hello", hellos), stepOf("whole", wholes)};
  results.failures = {{.reason = "psk-refused",
                       .count = 2,
                       .machine = "desktops/3",
                       .address = "127.16.0.3",
                       .at = "handshake",
                       .trace = "alert 20 <bad_record_mac>",
                       .conversation = {{.ms = 3.5, .direction = "out", .what = "hello-sent"},
                                        {.ms = 4.25,
                                         .direction = "in",
                                         .what = "GetCoreVersion",
                                         .status = 401,
                                         .text = "no credentials",
                                         .request = "<a>&</a>",
                                         .response = "<b/>"}}}};
  results.profiles.front().steps = {results.steps.back()};
  results.timeline = {{.ms = 0, .waiting = 10},
                      {.ms = 600, .waiting = 2, .factory = 1, .inSetup = 3, .operational = 4, .arrivals = 8},
                      {.ms = 1234.5, .factory = 3, .operational = 7, .arrivals = 10, .completions = 10}};
  results.faults = {{.id = "hello-duplicated", .asked = 3, .fired = 6}};
  results.bestPractice = {
      {.id = "default-password-changed",
       .why = "everybody knows <it>",
       .result = PracticeResult::Result::fail,
       .evidence = "desktops/1 has admin still"},
      {.id = "tls-on", .why = "else passwords can be read", .result = PracticeResult::Result::pass}};
  results.environment = {.version = "0.1.0",
                         .compiler = "g++ 12",
                         .openssl = "OpenSSL 3",
                         .kernel = "Linux 6",
                         .cores = 2,
                         .descriptorsLimit = 1024,
                         .command = {"run", "monday it's.yaml", "--report", "out"}};
  results.journal = "out/journal.jsonl";
  results.field = FieldNote{.ids = {"2.1"}, .symptom = "hellos & nothing else", .correct = "waits"};
  results.rerun =
      R"({"file":"n.yaml","folder":"/x","cell":{},"options":{"seed":7},"scenario":{"name":"n","share":0.5}})";
  results.health.limitedBy = "nothing";
  results.health.descriptorsUsed = 40;
  results.health.descriptorsLimit = 1024;
  results.machinesDetail = {{.name = "desktops/3",
                             .profile = "amt-2.1",
                             .uuid = "00112233-4455-4677-8899-aabbccddeeff",
                             .address = "127.16.0.3",
                             .arrivalMs = 12,
                             .outcome = "failed",
                             .reason = "psk-refused"}};
  return results;
}

}  // namespace vme::report
