// vme_bench_ask tcp|udp REQUEST-HEX ADDRESS PORT COUNT address|port
// Asks COUNT instances one after the other, each until it answers; their addresses or their ports are consecutive.

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace vme::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 300s;  // for all of them

struct Question {
  int type = SOCK_STREAM;
  Bytes request;
};

/// One try: connect, ask, wait for the first bytes.
bool answers(const Question& question, const sockaddr_in& at) {
  const int handle = ::socket(AF_INET, question.type, 0);
  const timeval limit{.tv_sec = 2, .tv_usec = 0};
  setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::array<std::uint8_t, 2048> answer;
  const bool got = ::connect(handle, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 &&
                   ::send(handle, question.request.data(), question.request.size(), MSG_NOSIGNAL) > 0 &&
                   ::recv(handle, answer.data(), answer.size(), 0) > 0;
  ::close(handle);
  return got;
}

bool askAll(const Question& question, std::uint32_t address, std::uint16_t port, unsigned count, bool byAddress) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (unsigned i = 0; i < count; ++i) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(address + (byAddress ? i : 0));
    at.sin_port = htons(static_cast<std::uint16_t>(port + (byAddress ? 0 : i)));
    while (!answers(question, at)) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      ::poll(nullptr, 0, 1);  // not there yet
    }
  }
  return true;
}

}  // namespace
}  // namespace vme::bench

int main(int argc, char** argv) {
  using namespace vme;
  if (argc != 7) {
    std::fputs("vme_bench_ask tcp|udp REQUEST-HEX ADDRESS PORT COUNT address|port\n", stderr);
    return 2;
  }
  const auto request = fromHex(argv[2]);
  in_addr address{};
  if (!request || inet_pton(AF_INET, argv[3], &address) != 1) {
    std::fputs("vme_bench_ask: REQUEST-HEX or ADDRESS cannot be read\n", stderr);
    return 2;
  }
  const bench::Question question{std::string_view(argv[1]) == "udp" ? SOCK_DGRAM : SOCK_STREAM, *request};
  const auto port = static_cast<std::uint16_t>(std::strtoul(argv[4], nullptr, 10));
  const auto count = static_cast<unsigned>(std::strtoul(argv[5], nullptr, 10));
  if (bench::askAll(question, ntohl(address.s_addr), port, count, std::string_view(argv[6]) == "address")) return 0;
  std::fputs("vme_bench_ask: some never answered\n", stderr);
  return 1;
}
