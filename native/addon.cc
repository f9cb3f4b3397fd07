// Entry point; loaded once by each thread that uses it. Per-thread state belongs to its environment; only the tables of
// databases and expressions are shared by the process.
#include "parts.h"

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto versions = Napi::Object::New(env);
  sluice::definePatterns(env, exports, versions);
  sluice::defineExpressions(env, exports, versions);
  sluice::defineChecksum(env, exports);
  sluice::defineThread(env, exports);
  sluice::defineGuard(env, exports);
  sluice::defineQueue(env, exports);
  sluice::defineSockets(env, exports);
  sluice::definePackets(env, exports);
  sluice::defineRawSocket(env, exports);
  sluice::defineDatagram(env, exports);
  sluice::defineProcess(env, exports);
  sluice::defineMagic(env, exports);
  exports.Set("versions", versions);
  return exports;
}

NODE_API_MODULE(sluice, init)
