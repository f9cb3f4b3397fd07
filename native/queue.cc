// JavaScript interface of netfilter queues.
#include "queue.h"

#include <linux/netfilter/nfnetlink_queue.h>

#include "parts.h"

namespace sluice {
namespace {

/** The last two arguments: the number of a queue, and its settings. */
QueueSettings settingsAt(const Napi::CallbackInfo& info, size_t at) {
  const uint32_t number = numberAt(info, at, "queue");
  if (number > 65535) throwError(info.Env(), "queue is above 65535");
  if (info.Length() != at + 2 || !info[at + 1].IsObject()) throwError(info.Env(), "settings is not an object");
  QueueSettings settings{};
  settings.number = static_cast<uint16_t>(number);
  settings.copyRange = settingAt(info, "copyRange");
  settings.length = settingAt(info, "length");
  settings.receiveBuffer = settingAt(info, "receiveBuffer");
  settings.timestamps = settingAt(info, "timestamps") != 0;
  if (settingAt(info, "failOpen")) settings.flags |= NFQA_CFG_F_FAIL_OPEN;
  if (settingAt(info, "gso")) settings.flags |= NFQA_CFG_F_GSO;
  if (settingAt(info, "conntrack")) settings.flags |= NFQA_CFG_F_CONNTRACK;
  return settings;
}

Napi::Value openQueue(const Napi::CallbackInfo& info) {
  const QueueSettings settings = settingsAt(info, 0);
  return guarded(info, [&] { return Napi::Number::New(info.Env(), openSocket(settings)); });
}

Napi::Value bindOpenQueue(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const QueueSettings settings = settingsAt(info, 1);
  return guarded(info, [&] {
    bindQueue(socket, settings);
    return info.Env().Undefined();
  });
}

Napi::Value queueReceive(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const auto bytes = bytesAt(info, 1, "bytes");
  const uint32_t from = numberAt(info, 2, "from");
  const uint32_t to = numberAt(info, 3, "to");
  const uint32_t largest = numberAt(info, 4, "largest");
  const auto packets = uint32sAt(info, 5, "packets");
  const auto tally = uint32sAt(info, 6, "tally");
  if (from > to || to > bytes.length || (from & 7)) throwError(info.Env(), "from and to are no span of bytes");
  if (largest > (1u << 20)) throwError(info.Env(), "largest is above 1 MiB");
  if (tally.length < kTallyInts) throwError(info.Env(), "tally is too short");
  return Napi::Number::New(info.Env(), receive(socket, {bytes.data, from, to}, largest, packets, tally));
}

Napi::Value queueVerdicts(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const uint32_t queue = numberAt(info, 1, "queue");
  const auto bytes = bytesAt(info, 2, "bytes");
  const auto verdicts = uint32sAt(info, 3, "verdicts");
  const uint32_t count = numberAt(info, 4, "count");
  if (static_cast<uint64_t>(count) * kVerdictInts > verdicts.length) throwError(info.Env(), "count exceeds verdicts");
  const auto* list = reinterpret_cast<const Verdict*>(verdicts.data);
  for (uint32_t i = 0; i < count; i++) {
    if (!(list[i].flags & kWithPayload)) continue;
    if (static_cast<uint64_t>(list[i].data) + list[i].length > bytes.length || list[i].length > 65531)
      throwError(info.Env(), "the payload of a verdict lies outside of bytes");
  }
  const uint32_t failed = sendVerdicts(socket, static_cast<uint16_t>(queue), bytes, list, count);
  return Napi::Number::New(info.Env(), failed);
}

}  // namespace

void defineQueue(Napi::Env env, Napi::Object exports) {
  exports.Set("openQueue", Napi::Function::New(env, openQueue, "openQueue"));
  exports.Set("bindQueue", Napi::Function::New(env, bindOpenQueue, "bindQueue"));
  exports.Set("queueReceive", Napi::Function::New(env, queueReceive, "queueReceive"));
  exports.Set("queueVerdicts", Napi::Function::New(env, queueVerdicts, "queueVerdicts"));
}

}  // namespace sluice
