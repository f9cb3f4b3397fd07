// NFQUEUE over plain netlink (NETLINK_NETFILTER): packets come straight into the caller's memory, many in one call,
// and verdicts go back many in one call. A queue is known by its socket, whose number is valid in every thread.
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "arguments.h"
#include "parts.h"

namespace sluice {
namespace {

// ── layout of the arrays that are shared with engine/native.ts ──────────────────────────────────────
constexpr size_t kPacketInts = 12;
constexpr size_t kVerdictInts = 6;
constexpr size_t kTallyInts = 6;
enum Tally { kBytes, kOverruns, kRefused, kStrange, kSeconds, kNanoseconds };
enum VerdictFlag : uint32_t { kSetMark = 1, kWithPayload = 2, kUpToHere = 4 };

/** Attributes before the payload, and its own header. */
constexpr size_t kOverhead = 1024;

uint16_t typeOf(uint8_t message) { return static_cast<uint16_t>((NFNL_SUBSYS_QUEUE << 8) | message); }

/** A netlink message that grows attribute by attribute. */
class Message {
 public:
  Message(uint8_t type, uint16_t queue, uint16_t flags) {
    auto* header = new (bytes_) nlmsghdr{};
    header->nlmsg_type = typeOf(type);
    header->nlmsg_flags = flags;
    auto* family = new (bytes_ + NLMSG_HDRLEN) nfgenmsg{};
    family->nfgen_family = AF_UNSPEC;
    family->version = NFNETLINK_V0;
    family->res_id = htons(queue);
    length_ = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(nfgenmsg));
  }

  template <class T>
  void add(uint16_t type, const T& value) {
    nlattr header{static_cast<uint16_t>(NLA_HDRLEN + sizeof value), type};
    std::memcpy(bytes_ + length_, &header, sizeof header);
    std::memcpy(bytes_ + length_ + NLA_HDRLEN, &value, sizeof value);
    length_ += NLA_ALIGN(NLA_HDRLEN + sizeof value);
  }

  const void* finished() {
    reinterpret_cast<nlmsghdr*>(bytes_)->nlmsg_len = static_cast<uint32_t>(length_);
    return bytes_;
  }

  size_t length() const { return length_; }

 private:
  alignas(8) uint8_t bytes_[128] = {};
  size_t length_;
};

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error(what + ": " + std::strerror(error));
}

struct QueueSettings {
  uint16_t number;
  uint32_t copyRange;
  uint32_t length;
  uint32_t receiveBuffer;
  uint32_t flags;
  bool timestamps;
};

uint32_t big32(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, 4);
  return ntohl(value);
}

/** A packet that comes while the queue is set up is not inspected: it has what the fail-open flag says. */
void settle(int socket, const QueueSettings& settings, const uint8_t* message, size_t length) {
  constexpr size_t kHeader = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(nfgenmsg));
  // The kernel puts the packet header, which begins with the id, first.
  if (length < kHeader + NLA_HDRLEN + 4) return;
  const uint32_t id = big32(message + kHeader + NLA_HDRLEN);
  const uint32_t verdict = settings.flags & NFQA_CFG_F_FAIL_OPEN ? NF_ACCEPT : NF_DROP;
  Message answer(NFQNL_MSG_VERDICT, settings.number, NLM_F_REQUEST);
  answer.add(NFQA_VERDICT_HDR, nfqnl_msg_verdict_hdr{htonl(verdict), htonl(id)});
  const void* bytes = answer.finished();
  send(socket, bytes, answer.length(), 0);
}

/** Binds the queue with all its settings in one message. @returns errno of the kernel's answer */
int bindQueue(int socket, const QueueSettings& settings) {
  Message message(NFQNL_MSG_CONFIG, settings.number, NLM_F_REQUEST | NLM_F_ACK);
  nfqnl_msg_config_cmd bind{};
  bind.command = NFQNL_CFG_CMD_BIND;
  bind.pf = htons(AF_UNSPEC);
  message.add(NFQA_CFG_CMD, bind);
  // The kernel's structure is packed.
  struct __attribute__((packed)) {
    uint32_t range;
    uint8_t mode;
  } copy{htonl(settings.copyRange), NFQNL_COPY_PACKET};
  message.add(NFQA_CFG_PARAMS, copy);
  message.add(NFQA_CFG_QUEUE_MAXLEN, htonl(settings.length));
  message.add(NFQA_CFG_FLAGS, htonl(settings.flags));
  message.add(NFQA_CFG_MASK, htonl(NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO));
  const void* bytes = message.finished();
  if (send(socket, bytes, message.length(), 0) < 0) return errno;
  std::vector<uint64_t> room((66 << 10) / 8);
  auto* answer = reinterpret_cast<uint8_t*>(room.data());
  for (;;) {
    const ssize_t length = recv(socket, answer, room.size() * 8, 0);
    if (length < 0) {
      if (errno == EINTR || errno == ENOBUFS) continue;
      return errno;
    }
    const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
    if (header->nlmsg_type == NLMSG_ERROR) return -reinterpret_cast<const nlmsgerr*>(NLMSG_DATA(header))->error;
    if (header->nlmsg_type == typeOf(NFQNL_MSG_PACKET)) settle(socket, settings, answer, static_cast<size_t>(length));
  }
}

void bindOrFail(int socket, const QueueSettings& settings) {
  const int error = bindQueue(socket, settings);
  const std::string name = "queue " + std::to_string(settings.number);
  if (error == EPERM) fail(name + ": another program has it, or CAP_NET_ADMIN is missing", error);
  if (error != 0) fail(name, error);
}

void setBuffer(int socket, uint32_t bytes) {
  const int size = static_cast<int>(bytes);
  if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  // Verdicts with the whole of a large packet.
  const int sending = 1 << 20;
  if (setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &sending, sizeof sending) != 0)
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &sending, sizeof sending);
  // A queue in a kernel that does not answer must not hang the program.
  const timeval patience{2, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

int openSocket(const QueueSettings& settings) {
  const int socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (socket < 0) fail("a netfilter socket cannot be opened", errno);
  try {
    setBuffer(socket, settings.receiveBuffer);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    if (bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("a netfilter socket", errno);
    bindOrFail(socket, settings);
    // Any socket that asks for timestamps makes the kernel note when packets come, also for those of the queue.
    const int on = 1;
    if (settings.timestamps) setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  } catch (...) {
    close(socket);
    throw;
  }
  return socket;
}

uint64_t big64(const uint8_t* at) { return (static_cast<uint64_t>(big32(at)) << 32) | big32(at + 4); }

/** Fields of one packet, in the order of engine/native.ts. */
struct Packet {
  uint32_t id, data, length, wireLength, mark, hook, in, out, seconds, nanoseconds, flags, protocol;
};
static_assert(sizeof(Packet) == kPacketInts * 4);

/** @param base offset of `message` in the caller's bytes  @returns false when it is no whole packet message */
bool readPacket(const uint8_t* message, size_t length, uint32_t base, const timespec& now, Packet& packet) {
  packet = {};
  packet.seconds = static_cast<uint32_t>(now.tv_sec);
  packet.nanoseconds = static_cast<uint32_t>(now.tv_nsec);
  bool hasId = false;
  size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(nfgenmsg));
  while (at + NLA_HDRLEN <= length) {
    nlattr header;
    std::memcpy(&header, message + at, sizeof header);
    if (header.nla_len < NLA_HDRLEN || at + header.nla_len > length) return false;
    const uint8_t* value = message + at + NLA_HDRLEN;
    const size_t size = header.nla_len - NLA_HDRLEN;
    switch (header.nla_type & NLA_TYPE_MASK) {
      case NFQA_PACKET_HDR:
        if (size < 7) return false;
        packet.id = big32(value);
        packet.protocol = static_cast<uint32_t>((value[4] << 8) | value[5]);
        packet.hook = value[6];
        hasId = true;
        break;
      case NFQA_MARK:
        if (size >= 4) packet.mark = big32(value);
        break;
      case NFQA_TIMESTAMP:
        if (size >= 16) {
          packet.seconds = static_cast<uint32_t>(big64(value));
          packet.nanoseconds = static_cast<uint32_t>(big64(value + 8) * 1000);
        }
        break;
      case NFQA_IFINDEX_INDEV:
        if (size >= 4) packet.in = big32(value);
        break;
      case NFQA_IFINDEX_OUTDEV:
        if (size >= 4) packet.out = big32(value);
        break;
      case NFQA_CAP_LEN:
        if (size >= 4) packet.wireLength = big32(value);
        break;
      case NFQA_SKB_INFO:
        if (size >= 4) packet.flags = big32(value);
        break;
      case NFQA_PAYLOAD:
        packet.data = base + static_cast<uint32_t>(at + NLA_HDRLEN);
        packet.length = static_cast<uint32_t>(size);
        break;
      default:
        break;
    }
    at += NLA_ALIGN(header.nla_len);
  }
  if (packet.wireLength == 0) packet.wireLength = packet.length;
  return hasId;
}

/** The span of the caller's memory that packets are received into. */
struct Room {
  uint8_t* bytes;
  uint32_t from;
  uint32_t to;
};

uint32_t receive(int socket, const Room& room, uint32_t largest, Span<uint32_t> packets, Span<uint32_t> tally) {
  const size_t limit = packets.length / kPacketInts;
  auto* out = reinterpret_cast<Packet*>(packets.data);
  uint32_t count = 0;
  uint32_t at = room.from;
  timespec now{};
  while (count < limit && room.to - at >= largest + kOverhead) {
    const ssize_t length = recv(socket, room.bytes + at, room.to - at, MSG_DONTWAIT | MSG_TRUNC);
    if (length < 0) {
      if (errno == EINTR) continue;
      if (errno != ENOBUFS) break;
      tally.data[kOverruns]++;
      continue;
    }
    const uint8_t* message = room.bytes + at;
    const auto* header = reinterpret_cast<const nlmsghdr*>(message);
    const size_t size = static_cast<size_t>(length);
    if (size > room.to - at || size < NLMSG_HDRLEN || header->nlmsg_len > size) {
      tally.data[kStrange]++;
    } else if (header->nlmsg_type == NLMSG_ERROR) {
      tally.data[kRefused]++;
    } else {
      if (count % 16 == 0) clock_gettime(CLOCK_REALTIME, &now);
      if (header->nlmsg_type == typeOf(NFQNL_MSG_PACKET) && readPacket(message, size, at, now, out[count])) {
        count++;
        at += static_cast<uint32_t>((size + 7) & ~size_t{7});
        if (at > room.to) at = room.to;
      } else {
        tally.data[kStrange]++;
      }
    }
  }
  tally.data[kBytes] = at - room.from;
  return count;
}

struct Verdict {
  uint32_t id, verdict, flags, mark, data, length;
};
static_assert(sizeof(Verdict) == kVerdictInts * 4);

/** Verdict messages on their way to the kernel in one system call. */
class Sending {
 public:
  Sending(int socket, uint16_t queue, Span<uint8_t> bytes) : socket_(socket), queue_(queue), bytes_(bytes) {}

  /** @returns number of verdicts that the kernel did not take */
  uint32_t sendAll(const Verdict* verdicts, uint32_t count) {
    heads_.reserve(kAtOnce);
    for (uint32_t i = 0; i < count; i++) {
      add(verdicts[i]);
      if (heads_.size() == kAtOnce || total_ > kBytesAtOnce) flush();
    }
    flush();
    return failed_;
  }

 private:
  static constexpr size_t kAtOnce = 256;
  static constexpr size_t kBytesAtOnce = 128 << 10;

  void add(const Verdict& v) {
    const bool upTo = (v.flags & kUpToHere) != 0;
    heads_.emplace_back(upTo ? NFQNL_MSG_VERDICT_BATCH : NFQNL_MSG_VERDICT, queue_, NLM_F_REQUEST);
    Message& message = heads_.back();
    message.add(NFQA_VERDICT_HDR, nfqnl_msg_verdict_hdr{htonl(v.verdict), htonl(v.id)});
    if (v.flags & kSetMark) message.add(NFQA_MARK, htonl(v.mark));
    payloads_.push_back((v.flags & kWithPayload) && !upTo ? &v : nullptr);
    total_ += message.length() + (payloads_.back() ? v.length + NLA_HDRLEN + NLA_ALIGNTO : 0);
  }

  void flush() {
    if (heads_.empty()) return;
    pieces_.clear();
    attributes_.assign(heads_.size(), nlattr{});
    for (size_t i = 0; i < heads_.size(); i++) addPieces(i);
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    msghdr message{};
    message.msg_name = &kernel;
    message.msg_namelen = sizeof kernel;
    message.msg_iov = pieces_.data();
    message.msg_iovlen = pieces_.size();
    ssize_t sent;
    do sent = sendmsg(socket_, &message, 0);
    while (sent < 0 && (errno == EINTR || errno == EAGAIN));
    if (sent < 0) failed_ += static_cast<uint32_t>(heads_.size());
    heads_.clear();
    payloads_.clear();
    total_ = 0;
  }

  void addPieces(size_t i) {
    static const uint8_t padding[NLA_ALIGNTO] = {};
    Message& head = heads_[i];
    const Verdict* v = payloads_[i];
    auto* bytes = const_cast<void*>(head.finished());
    pieces_.push_back({bytes, head.length()});
    if (!v) return;
    attributes_[i] = {static_cast<uint16_t>(NLA_HDRLEN + v->length), NFQA_PAYLOAD};
    pieces_.push_back({&attributes_[i], NLA_HDRLEN});
    pieces_.push_back({bytes_.data + v->data, v->length});
    const size_t missing = NLA_ALIGN(v->length) - v->length;
    if (missing) pieces_.push_back({const_cast<uint8_t*>(padding), missing});
    reinterpret_cast<nlmsghdr*>(bytes)->nlmsg_len += static_cast<uint32_t>(NLA_HDRLEN + v->length + missing);
  }

  const int socket_;
  const uint16_t queue_;
  const Span<uint8_t> bytes_;
  std::vector<Message> heads_;
  std::vector<const Verdict*> payloads_;
  std::vector<nlattr> attributes_;
  std::vector<iovec> pieces_;
  size_t total_ = 0;
  uint32_t failed_ = 0;
};

uint32_t settingAt(const Napi::CallbackInfo& info, const char* name) {
  const Napi::Value value = info[1].As<Napi::Object>().Get(name);
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  if (!value.IsNumber()) refuse(info.Env(), std::string("settings.") + name + " is missing");
  return value.As<Napi::Number>().Uint32Value();
}

Napi::Value openQueue(const Napi::CallbackInfo& info) {
  const uint32_t number = numberAt(info, 0, "queue");
  if (number > 65535) refuse(info.Env(), "queue is above 65535");
  if (info.Length() < 2 || !info[1].IsObject()) refuse(info.Env(), "settings is not an object");
  QueueSettings settings{};
  settings.number = static_cast<uint16_t>(number);
  settings.copyRange = settingAt(info, "copyRange");
  settings.length = settingAt(info, "length");
  settings.receiveBuffer = settingAt(info, "receiveBuffer");
  settings.timestamps = settingAt(info, "timestamps") != 0;
  if (settingAt(info, "failOpen")) settings.flags |= NFQA_CFG_F_FAIL_OPEN;
  if (settingAt(info, "gso")) settings.flags |= NFQA_CFG_F_GSO;
  return guarded(info, [&] { return Napi::Number::New(info.Env(), openSocket(settings)); });
}

Napi::Value queueReceive(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const auto bytes = bytesAt(info, 1, "bytes");
  const uint32_t from = numberAt(info, 2, "from");
  const uint32_t to = numberAt(info, 3, "to");
  const uint32_t largest = numberAt(info, 4, "largest");
  const auto packets = uint32sAt(info, 5, "packets");
  const auto tally = uint32sAt(info, 6, "tally");
  if (from > to || to > bytes.length || (from & 7)) refuse(info.Env(), "from and to are no span of bytes");
  if (largest > (1u << 20)) refuse(info.Env(), "largest is above 1 MiB");
  if (tally.length < kTallyInts) refuse(info.Env(), "tally is too short");
  return Napi::Number::New(info.Env(), receive(socket, {bytes.data, from, to}, largest, packets, tally));
}

Napi::Value queueVerdicts(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const uint32_t queue = numberAt(info, 1, "queue");
  const auto bytes = bytesAt(info, 2, "bytes");
  const auto verdicts = uint32sAt(info, 3, "verdicts");
  const uint32_t count = numberAt(info, 4, "count");
  if (static_cast<uint64_t>(count) * kVerdictInts > verdicts.length) refuse(info.Env(), "count exceeds verdicts");
  const auto* list = reinterpret_cast<const Verdict*>(verdicts.data);
  for (uint32_t i = 0; i < count; i++) {
    if (!(list[i].flags & kWithPayload)) continue;
    if (static_cast<uint64_t>(list[i].data) + list[i].length > bytes.length || list[i].length > 65531)
      refuse(info.Env(), "the payload of a verdict lies outside of bytes");
  }
  Sending sending(socket, static_cast<uint16_t>(queue), bytes);
  return Napi::Number::New(info.Env(), sending.sendAll(list, count));
}

/** Index of the first socket with something to read, or -1 when none has within the time. */
Napi::Value waitReadable(const Napi::CallbackInfo& info) {
  const auto sockets = uint32sAt(info, 0, "sockets");
  const int milliseconds = static_cast<int>(numberAt(info, 1, "milliseconds"));
  std::vector<pollfd> polled(sockets.length);
  for (size_t i = 0; i < sockets.length; i++) polled[i] = {static_cast<int>(sockets.data[i]), POLLIN, 0};
  int found = -1;
  if (poll(polled.data(), polled.size(), milliseconds) > 0) {
    for (size_t i = 0; i < polled.size() && found < 0; i++)
      if (polled[i].revents) found = static_cast<int>(i);
  }
  return Napi::Number::New(info.Env(), found);
}

/** Seconds since the epoch and nanoseconds. */
void clockNow(const Napi::CallbackInfo& info) {
  const auto time = uint32sAt(info, 0, "time");
  if (time.length < 2) refuse(info.Env(), "time is too short");
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time.data[0] = static_cast<uint32_t>(now.tv_sec);
  time.data[1] = static_cast<uint32_t>(now.tv_nsec);
}

void closeSocket(const Napi::CallbackInfo& info) { close(static_cast<int>(numberAt(info, 0, "socket"))); }

}  // namespace

void defineQueue(Napi::Env env, Napi::Object exports) {
  exports.Set("openQueue", Napi::Function::New(env, openQueue, "openQueue"));
  exports.Set("queueReceive", Napi::Function::New(env, queueReceive, "queueReceive"));
  exports.Set("queueVerdicts", Napi::Function::New(env, queueVerdicts, "queueVerdicts"));
  exports.Set("waitReadable", Napi::Function::New(env, waitReadable, "waitReadable"));
  exports.Set("clockNow", Napi::Function::New(env, clockNow, "clockNow"));
  exports.Set("closeSocket", Napi::Function::New(env, closeSocket, "closeSocket"));
}

}  // namespace sluice
