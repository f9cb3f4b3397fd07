// The internet checksum (RFC 1071).
#include <cstring>

#include "arguments.h"
#include "parts.h"

namespace sluice {

/**
 * Sum of the 16-bit words in memory byte order. Words of 32 bits give the same sum once it is folded, and the byte
 * order of the result is that of the words, so swapping is done once at the end.
 */
static uint64_t sumOfWords(const uint8_t* data, size_t length) {
  uint64_t sum = 0;
  while (length >= 4) {
    uint32_t word;
    std::memcpy(&word, data, 4);
    sum += word;
    data += 4;
    length -= 4;
  }
  uint8_t rest[4] = {0, 0, 0, 0};
  std::memcpy(rest, data, length);
  uint32_t word;
  std::memcpy(&word, rest, 4);
  return sum + word;
}

static uint32_t folded(uint64_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint32_t>(sum);
}

static Napi::Value checksum(const Napi::CallbackInfo& info) {
  const auto bytes = bytesAt(info, 0, "bytes");
  const uint32_t offset = numberAt(info, 1, "offset");
  const uint32_t length = numberAt(info, 2, "length");
  const uint32_t initial = numberAt(info, 3, "initial");
  if (static_cast<uint64_t>(offset) + length > bytes.length)
    throwError(info.Env(), "offset and length reach beyond bytes");
  uint32_t sum = folded(sumOfWords(bytes.data + offset, length));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  sum = ((sum & 0xff) << 8) | (sum >> 8);
#endif
  return Napi::Number::New(info.Env(), ~folded(static_cast<uint64_t>(sum) + initial) & 0xffff);
}

void defineChecksum(Napi::Env env, Napi::Object exports) {
  exports.Set("checksum", Napi::Function::New(env, checksum, "checksum"));
}

}  // namespace sluice
