// Runs JavaScript that can be interrupted: one timer thread for all runs of a thread, so that a run costs two atomic
// operations. Node-API has no way to interrupt, so this uses V8 itself, if its headers are available.
#include "arguments.h"
#include "parts.h"

#if __has_include(<v8.h>) && __has_include(<node_version.h>)
#include <node_version.h>
#if NODE_MAJOR_VERSION < 22 || __cplusplus >= 202002L
#define SLUICE_HAS_GUARD
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <v8.h>
#pragma GCC diagnostic pop
#endif
#endif

#ifdef SLUICE_HAS_GUARD
#include <atomic>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

namespace sluice {

namespace {

// Bits of the state; the higher bits count runs.
constexpr uint64_t INSIDE = 1;
constexpr uint64_t INTERRUPTED = 2;
constexpr uint64_t RUN = 4;

// Number of timer checks within the shortest time limit.
constexpr int CHECKS = 5;

class Guard {
 public:
  explicit Guard(v8::Isolate* isolate) : isolate_(isolate) {}

  ~Guard() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ending_ = true;
    }
    wake_.notify_one();
    if (timer_.joinable()) timer_.join();
  }

  // @returns false if the run was interrupted; exceptions of the function are pending afterwards
  bool run(v8::Local<v8::Function> work, int milliseconds) {
    milliseconds_.store(milliseconds, std::memory_order_relaxed);
    if (milliseconds < shortest_) setCheckInterval(milliseconds);
    if (!timer_.joinable()) timer_ = std::thread([this] { watch(); });
    const auto before = state_.load(std::memory_order_relaxed);
    state_.store(before | INSIDE, std::memory_order_release);
    const auto context = isolate_->GetCurrentContext();
    v8::TryCatch caught(isolate_);
    const bool done = !work->Call(context, v8::Undefined(isolate_), 0, nullptr).IsEmpty();
    const bool interrupted = !leave(before);
    if (interrupted) return false;
    if (!done) caught.ReThrow();
    return true;
  }

 private:
  // Sets the check interval for the shortest limit of any run; wakes the timer, which may be sleeping for a longer one.
  void setCheckInterval(int milliseconds) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      shortest_ = milliseconds;
    }
    wake_.notify_one();
  }

  // @returns false if the timer fired
  bool leave(uint64_t before) {
    auto expected = before | INSIDE;
    if (state_.compare_exchange_strong(expected, before + RUN)) return true;
    while (!terminated_.load(std::memory_order_acquire)) std::this_thread::yield();
    terminated_.store(false, std::memory_order_relaxed);
    isolate_->CancelTerminateExecution();
    state_.store(before + RUN, std::memory_order_release);
    return false;
  }

  void watch() {
    uint64_t seen = 0;
    int checks = 0;
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ending_) {
      const int pause = shortest_ / CHECKS + 1;
      wake_.wait_for(lock, std::chrono::milliseconds(pause));
      auto now = state_.load(std::memory_order_acquire);
      checks = now == seen ? checks + 1 : 0;
      seen = now;
      if ((now & INSIDE) == 0 || (now & INTERRUPTED) != 0) continue;
      // If this is already the limit of a later run, the state has changed too.
      if (checks < CHECKS || int64_t{checks} * pause < milliseconds_.load(std::memory_order_relaxed)) continue;
      if (!state_.compare_exchange_strong(now, now | INTERRUPTED)) continue;
      isolate_->TerminateExecution();
      terminated_.store(true, std::memory_order_release);
    }
  }

  v8::Isolate* isolate_;
  std::atomic<uint64_t> state_{0};
  std::atomic<bool> terminated_{false};
  std::atomic<int> milliseconds_{0};
  // Written by the guarded thread, under the lock.
  int shortest_ = INT_MAX;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread timer_;
};

Napi::Value runGuarded(const Napi::CallbackInfo& info) {
  auto* guard = static_cast<Guard*>(info.Data());
  if (!info[0].IsFunction()) throwError(info.Env(), "work is not a function");
  const double limit = info[1].IsNumber() ? info[1].As<Napi::Number>().DoubleValue() : 0;
  if (!(limit >= 1 && limit <= 3600000)) throwError(info.Env(), "milliseconds is not a number from 1 to 3600000");
  // A napi_value is a handle of V8.
  const napi_value value = info[0];
  v8::Local<v8::Function> work;
  static_assert(sizeof work == sizeof value, "a handle of V8 is what Node-API hands over");
  std::memcpy(static_cast<void*>(&work), &value, sizeof value);
  return Napi::Boolean::New(info.Env(), guard->run(work, static_cast<int>(limit)));
}

}  // namespace

void defineGuard(Napi::Env env, Napi::Object exports) {
  auto* guard = new Guard(v8::Isolate::GetCurrent());
  env.AddCleanupHook([](Guard* each) { delete each; }, guard);
  exports.Set("runGuarded", Napi::Function::New(env, runGuarded, "runGuarded", guard));
}

}  // namespace sluice

#else

namespace sluice {

void defineGuard(Napi::Env, Napi::Object) {}

}  // namespace sluice

#endif
