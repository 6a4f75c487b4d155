#include "net/capture.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <string>

#include "wire/pcapng.hpp"

namespace vme::net {
namespace {

using wire::kTcpAck, wire::kTcpFin, wire::kTcpPsh, wire::kTcpRst, wire::kTcpSyn;

std::string_view textOf(const Bytes& bytes) {
  return asText(bytes);
}

std::uint64_t unixNs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

}  // namespace

CaptureFile::CaptureFile(std::filesystem::path file, std::uint64_t limit)
    : file_(std::move(file), "name another file with --capture"), limit_(limit) {
  Bytes start;
  wire::pcapng::appendStart(start, "vme " VME_VERSION);
  append(start);
}

bool CaptureFile::append(const Bytes& block) {
  if (full_ || size_ + block.size() > limit_) {
    full_ = true;
    return false;
  }
  size_ += block.size();
  file_.append(textOf(block));
  return true;
}

void CaptureFile::packet(const wire::TcpSegment& segment) {
  if (full_) return;
  const auto frame = wire::ethernetFrame(segment);
  Bytes block;
  const std::lock_guard lock(mutex_);
  lastNs_ = std::max(lastNs_, unixNs());
  wire::pcapng::appendPacket(block, lastNs_, frame);
  if (append(block)) ++packets_;
}

void CaptureFile::tlsSecret(std::string_view keyLogLine) {
  if (full_) return;
  Bytes block;
  wire::pcapng::appendTlsSecrets(block, std::string(keyLogLine) + "\n");
  const std::lock_guard lock(mutex_);
  append(block);
}

CaptureFlow::CaptureFlow(std::shared_ptr<CaptureFile> file, const wire::TcpEnd& machine, const wire::TcpEnd& peer,
                         bool dialled)
    : file_(std::move(file)), machine_{.end = machine}, peer_{.end = peer} {
  auto& from = dialled ? machine_ : peer_;
  auto& to = dialled ? peer_ : machine_;
  segment(from, to, kTcpSyn);
  ++from.next;
  segment(to, from, kTcpSyn | kTcpAck);
  ++to.next;
  segment(from, to, kTcpAck);
}

CaptureFlow::~CaptureFlow() {
  machineEnds();
}

void CaptureFlow::segment(Side& from, const Side& to, unsigned flags, ByteView payload) {
  const bool acknowledges = (flags & kTcpAck) != 0;
  file_->packet({.from = from.end,
                 .to = to.end,
                 .sequence = from.next,
                 .acknowledged = acknowledges ? to.next : 0,
                 .flags = static_cast<std::uint8_t>(flags),
                 .id = from.id++,
                 .payload = payload});
}

void CaptureFlow::data(Side& from, Side& to, ByteView bytes) {
  if (over_ || from.ended) return;
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), wire::kTcpSegmentMax));
    bytes = bytes.subspan(part.size());
    segment(from, to, bytes.empty() ? kTcpPsh | kTcpAck : kTcpAck, part);
    from.next += static_cast<std::uint32_t>(part.size());
  }
}

void CaptureFlow::received(ByteView bytes) {
  flush();
  pending_.assign(bytes.begin(), bytes.end());
}

void CaptureFlow::flush() {
  if (pending_.empty()) return;
  data(peer_, machine_, pending_);
  pending_.clear();
}

void CaptureFlow::sent(ByteView bytes) {
  flush();
  data(machine_, peer_, bytes);
}

void CaptureFlow::tlsSecret(std::string_view keyLogLine) {
  file_->tlsSecret(keyLogLine);
}

void CaptureFlow::end(Side& from, Side& to) {
  flush();
  if (over_ || from.ended) return;
  segment(from, to, kTcpFin | kTcpAck);
  ++from.next;
  from.ended = true;
  segment(to, from, kTcpAck);
  over_ = to.ended;
}

void CaptureFlow::machineEnds() {
  end(machine_, peer_);
}

void CaptureFlow::peerEnds() {
  end(peer_, machine_);
}

void CaptureFlow::reset(bool byPeer) {
  flush();
  if (over_) return;
  auto& from = byPeer ? peer_ : machine_;
  segment(from, byPeer ? machine_ : peer_, kTcpRst | kTcpAck);
  over_ = true;
}

TapChannel::TapChannel(std::unique_ptr<Channel> under, std::shared_ptr<CaptureFlow> flow)
    : under_(std::move(under)), flow_(std::move(flow)) {}

Task<Result<std::size_t>> TapChannel::read(std::span<std::uint8_t> into) {
  auto got = co_await under_->read(into);
  if (!got) {
    if (got.error().text == kReset) flow_->reset(true);
  } else if (*got == 0) {
    flow_->peerEnds();
  } else {
    flow_->received(into.first(*got));
    // Whoever reads handles the bytes before this runs.
    asio::post(under_->executor(), [flow = flow_] { flow->flush(); });
  }
  co_return got;
}

Task<Result<void>> TapChannel::write(ByteView bytes) {
  flow_->sent(bytes);
  auto written = co_await under_->write(bytes);
  if (!written && written.error().text == kReset) flow_->reset(true);
  co_return written;
}

Task<void> TapChannel::close() {
  flow_->machineEnds();
  co_await under_->close();
  flow_->peerEnds();
}

void TapChannel::reset() {
  flow_->reset(false);
  under_->reset();
}

void TapChannel::setDeadline(std::chrono::steady_clock::time_point deadline) {
  under_->setDeadline(deadline);
}

asio::any_io_executor TapChannel::executor() {
  return under_->executor();
}

wire::TcpEnd captureEnd(std::uint32_t ipv4, std::uint16_t port) {
  wire::TcpEnd end{.mac = {}, .ipv4 = ipv4, .port = port};
  end.mac = {0x02,
             0,
             static_cast<std::uint8_t>(ipv4 >> 24U),
             static_cast<std::uint8_t>(ipv4 >> 16U),
             static_cast<std::uint8_t>(ipv4 >> 8U),
             static_cast<std::uint8_t>(ipv4)};
  return end;
}

}  // namespace vme::net
