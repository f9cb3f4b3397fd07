#include "database.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <numeric>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <unordered_map>

namespace sluice {

static bool isPlain(uint8_t byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/** Bytes as an expression that matches them literally: one database may contain both kinds. */
static std::string escaped(const std::string& bytes) {
  static const char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (isPlain(byte)) {
      out += c;
    } else {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

static std::string expressionOf(const Pattern& pattern) {
  const std::string name = "pattern " + std::to_string(pattern.id);
  if (pattern.bytes.empty()) throw std::runtime_error(name + " is empty");
  if (!(pattern.flags & kRegex)) return escaped(pattern.bytes);
  if (pattern.bytes.find('\0') != std::string::npos) throw std::runtime_error(name + " holds a zero byte");
  return pattern.bytes;
}

/** No single-match flag: it costs scanning speed and at least one bit per pattern in the stream state. */
static unsigned hyperscanFlags(uint32_t flags) {
  return (flags & kCaseless ? HS_FLAG_CASELESS : 0) | (flags & kPrefilter ? HS_FLAG_PREFILTER : 0);
}

static std::shared_ptr<const Database> compileDatabase(const PatternSet& set) {
  const auto& [patterns, streaming] = set;
  if (patterns.empty()) throw std::runtime_error("there are no patterns to compile");
  auto database = std::make_shared<Database>();
  database->streaming = streaming;
  std::unordered_map<uint32_t, unsigned> numberOfId;
  std::vector<std::string> expressions;
  std::vector<const char*> texts;
  std::vector<unsigned> flags, numbers;
  expressions.reserve(patterns.size());
  for (const auto& pattern : patterns) {
    expressions.push_back(expressionOf(pattern));
    texts.push_back(expressions.back().c_str());
    flags.push_back(hyperscanFlags(pattern.flags));
    const auto [entry, isNew] = numberOfId.emplace(pattern.id, database->ids.size());
    if (isNew) database->ids.push_back(pattern.id);
    numbers.push_back(entry->second);
  }
  hs_compile_error_t* error = nullptr;
  const auto result = hs_compile_multi(texts.data(), flags.data(), numbers.data(), static_cast<unsigned>(texts.size()),
                                       streaming ? HS_MODE_STREAM : HS_MODE_BLOCK, nullptr, &database->compiled, &error);
  if (result == HS_SUCCESS) return database;
  std::string message = error ? error->message : "out of memory";
  if (error && error->expression >= 0) {
    message = "pattern " + std::to_string(patterns[static_cast<size_t>(error->expression)].id) + ": " + message;
  }
  hs_free_compile_error(error);
  throw std::runtime_error(message);
}

/** Indexes of the sets, those with the most patterns first, so that long compilations do not start last. */
static std::vector<size_t> bySize(const std::vector<PatternSet>& sets) {
  std::vector<size_t> order(sets.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sets[a].patterns.size() > sets[b].patterns.size(); });
  return order;
}

std::vector<std::shared_ptr<const Database>> compileDatabases(const std::vector<PatternSet>& sets) {
  const auto order = bySize(sets);
  std::vector<std::shared_ptr<const Database>> made(sets.size());
  std::vector<std::exception_ptr> errors(sets.size());
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < order.size(); i = next++) {
      try {
        made[order[i]] = compileDatabase(sets[order[i]]);
      } catch (...) {
        errors[order[i]] = std::current_exception();
      }
    }
  };
  const size_t helpers = std::min<size_t>(std::max(1u, std::thread::hardware_concurrency()), sets.size());
  std::vector<std::thread> threads;
  threads.reserve(helpers);
  try {
    for (size_t i = 1; i < helpers; i++) threads.emplace_back(work);
  } catch (const std::system_error&) {
    // The system allows no more threads: continue with fewer.
  }
  work();
  for (auto& thread : threads) thread.join();
#ifdef __GLIBC__
  // Compiling takes many times the memory of its result.
  malloc_trim(0);
#endif
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  return made;
}

/** Bytes before Hyperscan's own; after them the ids. */
struct Head {
  char magic[8];
  uint64_t checksum;
  uint32_t streaming;
  uint32_t ids;
};
static const char kMagic[8] = {'S', 'L', 'U', 'I', 'C', 'E', 'H', '2'};

/** FNV-1a over everything after the checksum: scanning with a damaged database would crash. */
static uint64_t checksumOf(const std::string_view bytes) {
  uint64_t sum = 0xcbf29ce484222325;
  for (const char byte : bytes.substr(offsetof(Head, streaming))) {
    sum = (sum ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
  }
  return sum;
}

std::string serializeDatabase(const Database& database) {
  char* bytes = nullptr;
  size_t length = 0;
  if (hs_serialize_database(database.compiled, &bytes, &length) != HS_SUCCESS) {
    throw std::runtime_error("the database cannot be serialized");
  }
  Head head = {{}, 0, database.streaming, static_cast<uint32_t>(database.ids.size())};
  std::memcpy(head.magic, kMagic, sizeof kMagic);
  std::string out(reinterpret_cast<const char*>(&head), sizeof head);
  out.append(reinterpret_cast<const char*>(database.ids.data()), database.ids.size() * sizeof(uint32_t));
  out.append(bytes, length);
  std::free(bytes);
  const uint64_t checksum = checksumOf(out);
  std::memcpy(&out[offsetof(Head, checksum)], &checksum, sizeof checksum);
  return out;
}

static Head headOf(const std::string_view bytes) {
  Head head;
  if (bytes.size() < sizeof head) throw std::runtime_error("these bytes are no serialized database");
  std::memcpy(&head, bytes.data(), sizeof head);
  if (std::memcmp(head.magic, kMagic, sizeof kMagic) != 0) {
    throw std::runtime_error("these bytes are no serialized database");
  }
  if (head.checksum != checksumOf(bytes) || head.ids > (bytes.size() - sizeof head) / sizeof(uint32_t)) {
    throw std::runtime_error("the serialized database is damaged");
  }
  return head;
}

std::shared_ptr<const Database> deserializeDatabase(const std::string_view bytes) {
  const Head head = headOf(bytes);
  const size_t idBytes = head.ids * sizeof(uint32_t);
  auto database = std::make_shared<Database>();
  database->streaming = head.streaming != 0;
  database->ids.resize(head.ids);
  std::memcpy(database->ids.data(), bytes.data() + sizeof head, idBytes);
  const auto rest = bytes.substr(sizeof head + idBytes);
  if (hs_deserialize_database(rest.data(), rest.size(), &database->compiled) != HS_SUCCESS) {
    throw std::runtime_error("the serialized database is of another version of Hyperscan or another processor");
  }
  return database;
}

}  // namespace sluice
