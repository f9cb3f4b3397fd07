// A netfilter queue over plain netlink: opened once, read and answered through its socket by any thread.
#pragma once

#include "arguments.h"
#include "received.h"

namespace sluice {

struct QueueSettings {
  uint16_t number;
  uint32_t copyRange;
  uint32_t length;
  uint32_t receiveBuffer;
  uint32_t flags;
  bool timestamps;
};

/**
 * Checks with the kernel that the queue is available with these settings; no packets arrive yet.
 * @returns its socket  @throws std::runtime_error with the kernel's reason
 */
int openSocket(const QueueSettings& settings);

/** From here on packets arrive. @throws std::runtime_error with the kernel's reason */
void bindQueue(int socket, const QueueSettings& settings);

/**
 * Receives what is pending at the socket, without blocking, directly into the caller's memory.
 * @param largest maximum bytes of a packet  @returns number of packets
 */
uint32_t receive(int socket, const ReceiveBuffer& buffer, uint32_t largest, Span<uint32_t> packets,
                 Span<uint32_t> tally);

/** See VERDICT_ in engine/native/queue.ts. */
struct Verdict {
  uint32_t id, verdict, flags, mark, data, length;
};
constexpr size_t kVerdictInts = 6;
static_assert(sizeof(Verdict) == kVerdictInts * 4);
enum VerdictFlag : uint32_t { kSetMark = 1, kWithPayload = 2, kUpToHere = 4 };

/** @param bytes buffer of the payloads  @returns number of verdicts that the kernel did not accept: the last ones */
uint32_t sendVerdicts(int socket, uint16_t queue, Span<uint8_t> bytes, const Verdict* verdicts, uint32_t count);

}  // namespace sluice
