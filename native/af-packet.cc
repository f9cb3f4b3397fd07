// AF_PACKET with TPACKET_V3 rings: sockets are opened and joined to a fanout group once, each thread maps the ring of
// the sockets it reads, and packets are copied from there into the caller's memory, many in one call.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include "arguments.h"
#include "parts.h"
#include "received.h"

namespace sluice {
namespace {

constexpr size_t kVlanTag = 4;
constexpr size_t kAddresses = 12;

struct RingSettings {
  uint32_t blockSize;
  uint32_t blocks;
  uint32_t timeout;
  uint32_t fanout;
  uint32_t fanoutType;
  bool promiscuous;
  bool ignoreOutgoing;
};

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

template <class T>
void set(int socket, int option, const T& value, const std::string& what) {
  if (setsockopt(socket, SOL_PACKET, option, &value, sizeof value) != 0) fail(what);
}

void setUp(int socket, const std::string& device, int index, const RingSettings& settings) {
  set(socket, PACKET_VERSION, static_cast<int>(TPACKET_V3), device + ": TPACKET_V3");
  tpacket_req3 ring{};
  ring.tp_block_size = settings.blockSize;
  ring.tp_block_nr = settings.blocks;
  ring.tp_frame_size = 2048;
  ring.tp_frame_nr = settings.blockSize / ring.tp_frame_size * settings.blocks;
  ring.tp_retire_blk_tov = settings.timeout;
  set(socket, PACKET_RX_RING, ring, device + ": the ring (block-size, ring-size)");
  const int on = 1;
  if (settings.ignoreOutgoing) set(socket, PACKET_IGNORE_OUTGOING, on, device + ": leaving out what is sent");
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = index;
  if (bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail(device);
  if (settings.promiscuous) {
    packet_mreq request{};
    request.mr_ifindex = index;
    request.mr_type = PACKET_MR_PROMISC;
    set(socket, PACKET_ADD_MEMBERSHIP, request, device + ": promiscuous mode");
  }
  if (settings.fanout != 0 || (settings.fanoutType & PACKET_FANOUT_FLAG_UNIQUEID) != 0) {
    const int group = static_cast<int>(settings.fanout | (settings.fanoutType << 16));
    set(socket, PACKET_FANOUT, group, device + ": fanout (cluster-id, cluster-type)");
  }
}

int openSocket(const std::string& device, const RingSettings& settings) {
  const unsigned index = if_nametoindex(device.c_str());
  if (index == 0) fail(device);
  const int socket = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (socket < 0) fail(device + " needs root or CAP_NET_RAW");
  try {
    setUp(socket, device, static_cast<int>(index), settings);
  } catch (...) {
    close(socket);
    throw;
  }
  return socket;
}

/** The ring of one socket, as read by one thread. */
class Ring {
 public:
  Ring(int socket, uint32_t blockSize, uint32_t blocks) : socket_(socket), blockSize_(blockSize), blocks_(blocks) {
    length_ = static_cast<size_t>(blockSize) * blocks;
    void* memory = mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_SHARED, socket, 0);
    if (memory == MAP_FAILED) fail("the ring cannot be mapped");
    memory_ = static_cast<uint8_t*>(memory);
  }
  ~Ring() { close(); }
  Ring(const Ring&) = delete;

  /** Nothing is received from it any more. */
  void close() {
    if (memory_) munmap(memory_, length_);
    memory_ = nullptr;
    left_ = 0;
    hasCurrent_ = false;
  }

  uint32_t receive(Span<uint8_t> bytes, uint32_t from, uint32_t to, uint32_t largest, Span<uint32_t> packets,
                   uint32_t* used) {
    const size_t limit = packets.length / kReceivedInts;
    uint32_t count = 0;
    uint32_t at = from;
    while (count < limit && to - at >= largest + kVlanTag && ensureBlock()) {
      while (left_ > 0 && count < limit && to - at >= largest + kVlanTag) {
        at = copy(bytes.data, at, largest, reinterpret_cast<Received*>(packets.data)[count]);
        if (at > to) at = to;
        count++;
        next();
      }
      if (left_ == 0) releaseBlock();
    }
    if (left_ > 0) storePosition();
    *used = at - from;
    return count;
  }

  /** Pending error of the socket since the last call: an errno, 0 for none. Until it is read, `poll` reports it. */
  uint32_t error() const {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    return static_cast<uint32_t>(error);
  }

 private:
  tpacket_block_desc* block(uint32_t number) {
    return reinterpret_cast<tpacket_block_desc*>(memory_ + static_cast<size_t>(number) * blockSize_);
  }

  bool isReady(uint32_t number) {
    auto* status = reinterpret_cast<std::atomic<uint32_t>*>(&block(number)->hdr.bh1.block_status);
    return (status->load(std::memory_order_acquire) & TP_STATUS_USER) != 0;
  }

  /** Moves to the next block filled by the kernel, or stays in the current one. */
  bool ensureBlock() {
    if (left_ > 0) return true;
    if (!memory_ || (!hasCurrent_ && !findFirst())) return false;
    while (isReady(current_)) {
      const auto& header = block(current_)->hdr.bh1;
      left_ = header.num_pkts;
      frame_ = reinterpret_cast<uint8_t*>(block(current_)) + header.offset_to_first_pkt;
      if (left_ > 0) return true;
      releaseBlock();
    }
    return false;
  }

  /**
   * A previous reader of the ring may have stopped anywhere: reading continues with the oldest block. The kernel fills
   * blocks in order, possibly during this search: a block older than a ready one is ready as well when checked again.
   */
  bool findFirst() {
    findOldest();
    if (hasCurrent_) findOldest();
    return hasCurrent_;
  }

  void findOldest() {
    for (uint32_t i = 0; i < blocks_; i++) {
      if (!isReady(i)) continue;
      if (!hasCurrent_ || block(i)->hdr.bh1.seq_num < block(current_)->hdr.bh1.seq_num) current_ = i;
      hasCurrent_ = true;
    }
  }

  /** The next reader of the ring continues after the packets taken; the kernel rewrites both fields. */
  void storePosition() {
    auto& header = block(current_)->hdr.bh1;
    header.num_pkts = left_;
    header.offset_to_first_pkt = static_cast<uint32_t>(frame_ - reinterpret_cast<uint8_t*>(block(current_)));
  }

  void releaseBlock() {
    auto* status = reinterpret_cast<std::atomic<uint32_t>*>(&block(current_)->hdr.bh1.block_status);
    status->store(TP_STATUS_KERNEL, std::memory_order_release);
    current_ = (current_ + 1) % blocks_;
    left_ = 0;
  }

  void next() {
    if (--left_ > 0) frame_ += reinterpret_cast<tpacket3_hdr*>(frame_)->tp_next_offset;
  }

  /** @returns offset after the packet */
  uint32_t copy(uint8_t* bytes, uint32_t at, uint32_t largest, Received& out) {
    const auto* header = reinterpret_cast<const tpacket3_hdr*>(frame_);
    const auto* link = reinterpret_cast<const sockaddr_ll*>(frame_ + TPACKET_ALIGN(sizeof(tpacket3_hdr)));
    const uint8_t* data = frame_ + header->tp_mac;
    uint32_t length = header->tp_snaplen < largest ? header->tp_snaplen : largest;
    uint8_t* to = bytes + at;
    out = {};
    out.data = at;
    out.wireLength = header->tp_len;
    // The kernel removes the outer VLAN tag from the frame.
    if ((header->tp_status & TP_STATUS_VLAN_VALID) && length >= kAddresses) {
      const bool hasType = (header->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
      const uint16_t tag[2] = {htons(hasType ? header->hv1.tp_vlan_tpid : static_cast<uint16_t>(ETH_P_8021Q)),
                               htons(static_cast<uint16_t>(header->hv1.tp_vlan_tci))};
      std::memcpy(to, data, kAddresses);
      std::memcpy(to + kAddresses, tag, kVlanTag);
      std::memcpy(to + kAddresses + kVlanTag, data + kAddresses, length - kAddresses);
      length += kVlanTag;
      out.wireLength += kVlanTag;
    } else {
      std::memcpy(to, data, length);
    }
    out.length = length;
    out.in = static_cast<uint32_t>(link->sll_ifindex);
    // Whether the host itself sent it.
    out.hook = link->sll_pkttype;
    out.seconds = header->tp_sec;
    out.nanoseconds = header->tp_nsec;
    out.flags = header->tp_status & TP_STATUS_CSUMNOTREADY ? kNoChecksum : 0;
    return at + ((length + 7) & ~7u);
  }

  uint8_t* memory_;
  size_t length_;
  const int socket_;
  const uint32_t blockSize_;
  const uint32_t blocks_;
  uint32_t current_ = 0;
  bool hasCurrent_ = false;
  uint32_t left_ = 0;
  uint8_t* frame_ = nullptr;
};

Napi::Value openPacketSocket(const Napi::CallbackInfo& info) {
  const std::string device = textAt(info, 0, "device");
  if (info.Length() < 2 || !info[1].IsObject()) throwError(info.Env(), "settings is not an object");
  const RingSettings settings{settingAt(info, "blockSize"),      settingAt(info, "blocks"),
                              settingAt(info, "timeout"),        settingAt(info, "fanout"),
                              settingAt(info, "fanoutType"),     settingAt(info, "promiscuous") != 0,
                              settingAt(info, "ignoreOutgoing") != 0};
  return guarded(info, [&] { return Napi::Number::New(info.Env(), openSocket(device, settings)); });
}

Napi::Value mapRing(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const uint32_t blockSize = numberAt(info, 1, "blockSize");
  const uint32_t blocks = numberAt(info, 2, "blocks");
  return guarded(info, [&] {
    return Napi::External<Ring>::New(info.Env(), new Ring(socket, blockSize, blocks),
                                     [](Napi::Env, Ring* ring) { delete ring; });
  });
}

void closeRing(const Napi::CallbackInfo& info) {
  if (!info[0].IsExternal()) throwError(info.Env(), "ring is none");
  info[0].As<Napi::External<Ring>>().Data()->close();
}

Napi::Value ringReceive(const Napi::CallbackInfo& info) {
  if (!info[0].IsExternal()) throwError(info.Env(), "ring is none");
  auto* ring = info[0].As<Napi::External<Ring>>().Data();
  const auto bytes = bytesAt(info, 1, "bytes");
  const uint32_t from = numberAt(info, 2, "from");
  const uint32_t to = numberAt(info, 3, "to");
  const uint32_t largest = numberAt(info, 4, "largest");
  const auto packets = uint32sAt(info, 5, "packets");
  const auto tally = uint32sAt(info, 6, "tally");
  if (from > to || to > bytes.length || largest > (1u << 20) || tally.length < kTallyInts)
    throwError(info.Env(), "from and to are no span of bytes");
  const uint32_t count = ring->receive(bytes, from, to, largest, packets, &tally.data[kBytes]);
  if (count == 0) tally.data[kError] = ring->error();
  return Napi::Number::New(info.Env(), count);
}

/** Packets and drops since the last call. */
void packetStatistics(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const auto out = uint32sAt(info, 1, "out");
  if (out.length < 2) throwError(info.Env(), "out is too short");
  tpacket_stats_v3 statistics{};
  socklen_t size = sizeof statistics;
  getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &size);
  out.data[0] = statistics.tp_packets;
  out.data[1] = statistics.tp_drops;
}

/** ARPHRD_ value of a device, for the link type. */
Napi::Value deviceType(const Napi::CallbackInfo& info) {
  const std::string device = textAt(info, 0, "device");
  ifreq request{};
  if (device.size() >= sizeof request.ifr_name) throwError(info.Env(), "device has too long a name");
  std::memcpy(request.ifr_name, device.data(), device.size());
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int result = socket < 0 ? -1 : ioctl(socket, SIOCGIFHWADDR, &request);
  const int error = errno;
  if (socket >= 0) close(socket);
  if (result != 0) throwError(info.Env(), device + ": " + std::strerror(error));
  return Napi::Number::New(info.Env(), request.ifr_hwaddr.sa_family);
}

/** The group of a socket; 0 if none. */
Napi::Value fanoutGroup(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  int group = 0;
  socklen_t size = sizeof group;
  if (getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &group, &size) != 0) group = 0;
  return Napi::Number::New(info.Env(), group & 0xffff);
}

/** Index of a device; 0 if there is none. */
Napi::Value deviceIndex(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), if_nametoindex(textAt(info, 0, "device").c_str()));
}

/** Makes `socket` refer to what `by` referred to, for all threads at once. */
void replaceSocket(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const int by = static_cast<int>(numberAt(info, 1, "by"));
  const int result = dup3(by, socket, O_CLOEXEC);
  const int error = errno;
  close(by);
  if (result < 0) throwError(info.Env(), std::string("a socket cannot be replaced: ") + std::strerror(error));
}

/** Sends frames, pairs of offset and length in `bytes`, on a bound socket. @returns how many were sent */
Napi::Value sendFrames(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const auto bytes = bytesAt(info, 1, "bytes");
  const auto frames = uint32sAt(info, 2, "frames");
  const uint32_t count = numberAt(info, 3, "count");
  if (static_cast<uint64_t>(count) * 2 > frames.length) throwError(info.Env(), "count exceeds frames");
  uint32_t sent = 0;
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t at = frames.data[i * 2];
    const uint32_t length = frames.data[i * 2 + 1];
    if (static_cast<uint64_t>(at) + length > bytes.length) throwError(info.Env(), "a frame lies outside of bytes");
    ssize_t done;
    do done = send(socket, bytes.data + at, length, MSG_DONTWAIT);
    while (done < 0 && errno == EINTR);
    if (done >= 0) sent++;
  }
  return Napi::Number::New(info.Env(), sent);
}

}  // namespace

void definePackets(Napi::Env env, Napi::Object exports) {
  exports.Set("openPacketSocket", Napi::Function::New(env, openPacketSocket, "openPacketSocket"));
  exports.Set("mapRing", Napi::Function::New(env, mapRing, "mapRing"));
  exports.Set("closeRing", Napi::Function::New(env, closeRing, "closeRing"));
  exports.Set("fanoutGroup", Napi::Function::New(env, fanoutGroup, "fanoutGroup"));
  exports.Set("deviceIndex", Napi::Function::New(env, deviceIndex, "deviceIndex"));
  exports.Set("replaceSocket", Napi::Function::New(env, replaceSocket, "replaceSocket"));
  exports.Set("ringReceive", Napi::Function::New(env, ringReceive, "ringReceive"));
  exports.Set("packetStatistics", Napi::Function::New(env, packetStatistics, "packetStatistics"));
  exports.Set("deviceType", Napi::Function::New(env, deviceType, "deviceType"));
  exports.Set("sendFrames", Napi::Function::New(env, sendFrames, "sendFrames"));
}

}  // namespace sluice
