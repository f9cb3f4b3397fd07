// Common functions of all sockets: waiting, time, closing.
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <vector>

#include "arguments.h"
#include "parts.h"

namespace sluice {
namespace {

using Sockets = std::vector<pollfd>;

int64_t microsecondsNow() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000} + now.tv_nsec / 1000;
}

/** Polls without sleeping: packets that arrive meanwhile need not wake the thread. */
bool pollBusily(Sockets& sockets, uint32_t microseconds) {
  const int64_t end = microsecondsNow() + microseconds;
  do {
    if (poll(sockets.data(), sockets.size(), 0) > 0) return true;
  } while (microsecondsNow() < end);
  return false;
}

/** Index of the first readable socket, or -1 on timeout. */
Napi::Value waitReadable(const Napi::CallbackInfo& info) {
  const auto sockets = uint32sAt(info, 0, "sockets");
  const int milliseconds = static_cast<int>(numberAt(info, 1, "milliseconds"));
  const uint32_t busily = numberAt(info, 2, "microseconds");
  Sockets polled(sockets.length);
  for (size_t i = 0; i < sockets.length; i++) polled[i] = {static_cast<int>(sockets.data[i]), POLLIN, 0};
  int found = -1;
  if ((busily > 0 && pollBusily(polled, busily)) || poll(polled.data(), polled.size(), milliseconds) > 0) {
    for (size_t i = 0; i < polled.size() && found < 0; i++)
      if (polled[i].revents) found = static_cast<int>(i);
  }
  return Napi::Number::New(info.Env(), found);
}

/** Seconds since the epoch and nanoseconds. */
void clockNow(const Napi::CallbackInfo& info) {
  const auto time = uint32sAt(info, 0, "time");
  if (time.length < 2) throwError(info.Env(), "time is too short");
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time.data[0] = static_cast<uint32_t>(now.tv_sec);
  time.data[1] = static_cast<uint32_t>(now.tv_nsec);
}

void closeSocket(const Napi::CallbackInfo& info) { close(static_cast<int>(numberAt(info, 0, "socket"))); }

}  // namespace

void defineSockets(Napi::Env env, Napi::Object exports) {
  exports.Set("waitReadable", Napi::Function::New(env, waitReadable, "waitReadable"));
  exports.Set("clockNow", Napi::Function::New(env, clockNow, "clockNow"));
  exports.Set("closeSocket", Napi::Function::New(env, closeSocket, "closeSocket"));
}

}  // namespace sluice
