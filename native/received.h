// Metadata of a received packet, independent of its source: see QUEUED_ and TALLY_ in engine/native/queue.ts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice {

struct Received {
  uint32_t id, data, length, wireLength, mark, hook, in, out, seconds, nanoseconds, flags, conntrack;
};
constexpr size_t kReceivedInts = 12;
static_assert(sizeof(Received) == kReceivedInts * 4);

/** Bits of `flags`. */
constexpr uint32_t kNoChecksum = 1;

enum Tally { kBytes, kOverruns, kRefused, kStrange, kError };
constexpr size_t kTallyInts = 6;

/** The span of the caller's memory that packets are received into. */
struct ReceiveBuffer {
  uint8_t* bytes;
  uint32_t from;
  uint32_t to;
};

}  // namespace sluice
