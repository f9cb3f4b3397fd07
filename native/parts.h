// The parts of the addon: each adds its functions to `exports` and its version, if it has one, to `versions`.
#pragma once

#include <napi.h>

namespace sluice {

void definePatterns(Napi::Env env, Napi::Object exports, Napi::Object versions);
void defineExpressions(Napi::Env env, Napi::Object exports, Napi::Object versions);
void defineChecksum(Napi::Env env, Napi::Object exports);
void defineThread(Napi::Env env, Napi::Object exports);
void defineGuard(Napi::Env env, Napi::Object exports);
void defineQueue(Napi::Env env, Napi::Object exports);
void defineSockets(Napi::Env env, Napi::Object exports);
void definePackets(Napi::Env env, Napi::Object exports);
void defineRawSocket(Napi::Env env, Napi::Object exports);
void defineDatagram(Napi::Env env, Napi::Object exports);
void defineProcess(Napi::Env env, Napi::Object exports);
void defineMagic(Napi::Env env, Napi::Object exports);

}  // namespace sluice
