// Pattern matching for JavaScript: databases shared by all threads, one scanner for each thread.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "arguments.h"
#include "parts.h"
#include "scanner.h"

namespace sluice {

static_assert(sizeof(Job) == 16 && sizeof(Match) == 12, "the layout of engine/native/patterns.ts");

static Scanner& scannerOf(const Napi::CallbackInfo& info) { return *static_cast<Scanner*>(info.Data()); }

static uint32_t propertyOf(Napi::Object object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (!value.IsNumber()) throwError(object.Env(), std::string("a pattern's ") + name + " is not a number");
  return value.As<Napi::Number>().Uint32Value();
}

static Pattern patternOf(Napi::Env env, Napi::Value value) {
  if (!value.IsObject()) throwError(env, "a pattern is not an object");
  const auto object = value.As<Napi::Object>();
  const auto bytes = spanOf<char>(env, object.Get("bytes"), napi_uint8_array, "a pattern's bytes");
  return {propertyOf(object, "id"), propertyOf(object, "flags"), std::string(bytes.data, bytes.length)};
}

static std::vector<Pattern> patternsOf(Napi::Env env, Napi::Value value) {
  if (!value.IsArray()) throwError(env, "patterns is not an array");
  const auto array = value.As<Napi::Array>();
  std::vector<Pattern> patterns;
  patterns.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); i++) {
    Napi::HandleScope scope(env);
    patterns.push_back(patternOf(env, array[i]));
  }
  return patterns;
}

static PatternSet patternSetOf(Napi::Env env, Napi::Value value) {
  if (!value.IsObject()) throwError(env, "a set of patterns is not an object");
  const auto object = value.As<Napi::Object>();
  return {patternsOf(env, object.Get("patterns")), object.Get("streaming").ToBoolean()};
}

static std::vector<PatternSet> patternSetsAt(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsArray()) throwError(info.Env(), "the sets of patterns are not an array");
  const auto array = info[index].As<Napi::Array>();
  std::vector<PatternSet> sets;
  for (uint32_t i = 0; i < array.Length(); i++) {
    Napi::HandleScope scope(info.Env());
    sets.push_back(patternSetOf(info.Env(), array[i]));
  }
  return sets;
}

static std::shared_ptr<const Database> databaseAt(const Napi::CallbackInfo& info, size_t index) {
  const uint32_t number = numberAt(info, index, "database");
  auto database = databases().get(number);
  if (!database) throwError(info.Env(), "there is no database " + std::to_string(number));
  return database;
}

static Napi::Value jsCompileDatabase(const Napi::CallbackInfo& info) {
  const PatternSet set = {patternsOf(info.Env(), info[0]), info[1].ToBoolean()};
  return guarded(info, [&] {
    return Napi::Number::New(info.Env(), databases().add(compileDatabases({set}).front()));
  });
}

static Napi::Value jsCompileDatabases(const Napi::CallbackInfo& info) {
  const auto sets = patternSetsAt(info, 0);
  if (sets.empty()) throwError(info.Env(), "there are no sets of patterns");
  return guarded(info, [&] {
    auto numbers = Napi::Array::New(info.Env(), sets.size());
    uint32_t i = 0;
    for (auto& database : compileDatabases(sets)) numbers.Set(i++, databases().add(std::move(database)));
    return numbers;
  });
}

static Napi::Value jsSerializeDatabase(const Napi::CallbackInfo& info) {
  const auto database = databaseAt(info, 0);
  return guarded(info, [&] {
    const std::string bytes = serializeDatabase(*database);
    return Napi::Buffer<char>::Copy(info.Env(), bytes.data(), bytes.size());
  });
}

static Napi::Value jsDeserializeDatabase(const Napi::CallbackInfo& info) {
  const auto bytes = bytesAt(info, 0, "bytes");
  return guarded(info, [&] {
    const std::string_view view(reinterpret_cast<const char*>(bytes.data), bytes.length);
    return Napi::Number::New(info.Env(), databases().add(deserializeDatabase(view)));
  });
}

static void jsReleaseDatabase(const Napi::CallbackInfo& info) {
  const uint32_t number = numberAt(info, 0, "database");
  if (!databases().release(number)) throwError(info.Env(), "there is no database " + std::to_string(number));
}

static Napi::Value jsDatabaseSize(const Napi::CallbackInfo& info) {
  const auto database = databaseAt(info, 0);
  size_t bytes = 0, streamBytes = 0;
  hs_database_size(database->compiled, &bytes);
  if (database->streaming) hs_stream_size(database->compiled, &streamBytes);
  auto size = Napi::Object::New(info.Env());
  size.Set("bytes", Napi::Number::New(info.Env(), static_cast<double>(bytes)));
  size.Set("streamBytes", Napi::Number::New(info.Env(), static_cast<double>(streamBytes)));
  return size;
}

static Napi::Value jsOpenStream(const Napi::CallbackInfo& info) {
  const uint32_t database = numberAt(info, 0, "database");
  return guarded(info, [&] { return Napi::Number::New(info.Env(), scannerOf(info).openStream(database)); });
}

static void jsCloseStream(const Napi::CallbackInfo& info) {
  const uint32_t stream = numberAt(info, 0, "stream");
  guarded(info, [&] { scannerOf(info).closeStream(stream); });
}

/** Copies matches from number `from` on into `out`. @returns how many. */
static size_t copyMatches(const std::vector<Match>& matches, size_t from, Span<uint32_t> out) {
  if (from >= matches.size()) return 0;
  const size_t count = std::min(matches.size() - from, out.length / 3);
  std::memcpy(out.data, matches.data() + from, count * sizeof(Match));
  return count;
}

static Napi::Value jsScan(const Napi::CallbackInfo& info) {
  const auto bytes = bytesAt(info, 0, "bytes");
  const auto jobs = uint32sAt(info, 1, "jobs");
  const uint32_t count = numberAt(info, 2, "count");
  const auto out = uint32sAt(info, 3, "matches");
  if (count > jobs.length / 4) throwError(info.Env(), "count is more than jobs holds");
  return guarded(info, [&] {
    const auto* first = reinterpret_cast<const Job*>(jobs.data);
    const auto& matches = scannerOf(info).scan(bytes.data, bytes.length, first, count);
    copyMatches(matches, 0, out);
    return Napi::Number::New(info.Env(), static_cast<double>(matches.size()));
  });
}

static Napi::Value jsMoreMatches(const Napi::CallbackInfo& info) {
  const uint32_t from = numberAt(info, 0, "from");
  const auto copied = copyMatches(scannerOf(info).matches(), from, uint32sAt(info, 1, "matches"));
  return Napi::Number::New(info.Env(), static_cast<double>(copied));
}

void definePatterns(Napi::Env env, Napi::Object exports, Napi::Object versions) {
  auto* scanner = new Scanner;
  env.AddCleanupHook([](Scanner* ending) { delete ending; }, scanner);
  exports.Set("compileDatabase", Napi::Function::New(env, jsCompileDatabase, "compileDatabase"));
  exports.Set("compileDatabases", Napi::Function::New(env, jsCompileDatabases, "compileDatabases"));
  exports.Set("serializeDatabase", Napi::Function::New(env, jsSerializeDatabase, "serializeDatabase"));
  exports.Set("deserializeDatabase", Napi::Function::New(env, jsDeserializeDatabase, "deserializeDatabase"));
  exports.Set("releaseDatabase", Napi::Function::New(env, jsReleaseDatabase, "releaseDatabase"));
  exports.Set("databaseSize", Napi::Function::New(env, jsDatabaseSize, "databaseSize"));
  exports.Set("openStream", Napi::Function::New(env, jsOpenStream, "openStream", scanner));
  exports.Set("closeStream", Napi::Function::New(env, jsCloseStream, "closeStream", scanner));
  exports.Set("scan", Napi::Function::New(env, jsScan, "scan", scanner));
  exports.Set("moreMatches", Napi::Function::New(env, jsMoreMatches, "moreMatches", scanner));
  // Hyperscan needs SSSE3; the version is reported only if it can be used.
  if (hs_valid_platform() == HS_SUCCESS) versions.Set("hyperscan", hs_version());
}

}  // namespace sluice
