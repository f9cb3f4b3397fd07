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
 * Asks the kernel whether the queue can be had with these settings; no packet comes yet.
 * @returns its socket  @throws std::runtime_error with the kernel's reason
 */
int openSocket(const QueueSettings& settings);

/** From here on packets come. @throws std::runtime_error with the kernel's reason */
void bindQueue(int socket, const QueueSettings& settings);

/**
 * Takes what waits at the socket, without waiting, straight into the caller's memory.
 * @param largest bytes of a packet at most  @returns number of packets
 */
uint32_t receive(int socket, const Room& room, uint32_t largest, Span<uint32_t> packets, Span<uint32_t> tally);

/** See VERDICT_ in engine/native/queue.ts. */
struct Verdict {
  uint32_t id, verdict, flags, mark, data, length;
};
constexpr size_t kVerdictInts = 6;
static_assert(sizeof(Verdict) == kVerdictInts * 4);
enum VerdictFlag : uint32_t { kSetMark = 1, kWithPayload = 2, kUpToHere = 4 };

/** @param bytes where payloads lie  @returns number of verdicts that the kernel did not take: the last ones */
uint32_t sendVerdicts(int socket, uint16_t queue, Span<uint8_t> bytes, const Verdict* verdicts, uint32_t count);

}  // namespace sluice
