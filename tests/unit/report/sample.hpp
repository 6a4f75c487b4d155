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
  results.steps = {{.step = "hello", .count = 10, .p50 = 0.25, .p95 = 1, .p99 = 2, .max = 3},
                   {.step = "whole", .count = 7, .p50 = 80, .p95 = 120, .p99 = 130, .max = 131.5}};
  results.failures = {{.reason = "psk-refused",
                       .count = 2,
                       .machine = "desktops/3",
                       .address = "127.16.0.3",
                       .at = "handshake",
                       .trace = "alert 20 <bad_record_mac>"}};
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
