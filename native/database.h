// A compiled Hyperscan database and the ids of its expression numbers.
#pragma once

#include <hs/hs.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/** Bits of a pattern's flags, as in engine/native/patterns.ts. */
constexpr uint32_t kCaseless = 1;
constexpr uint32_t kRegex = 2;
constexpr uint32_t kPrefilter = 4;

struct Pattern {
  uint32_t id;
  uint32_t flags;
  std::string bytes;
};

/** The patterns of one database. */
struct PatternSet {
  std::vector<Pattern> patterns;
  bool streaming = false;
};

/** Immutable once created, so threads share it without locks. */
struct Database {
  hs_database_t* compiled = nullptr;
  bool streaming = false;
  /** Id by expression number. Patterns of one id share a number, so an id is reported once. */
  std::vector<uint32_t> ids;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { hs_free_database(compiled); }
};

/** All below throw std::runtime_error with a human-readable message. */
/** Compiles all sets on as many threads as there are processors. @returns a database for each, in order */
std::vector<std::shared_ptr<const Database>> compileDatabases(const std::vector<PatternSet>& sets);
std::string serializeDatabase(const Database& database);
std::shared_ptr<const Database> deserializeDatabase(std::string_view bytes);

}  // namespace sluice
