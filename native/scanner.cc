#include "scanner.h"

#include <algorithm>
#include <stdexcept>

namespace sluice {

SharedTable<Database>& databases() {
  static auto& table = *new SharedTable<Database>;
  return table;
}

static void check(hs_error_t result, const char* what) {
  if (result != HS_SUCCESS) throw std::runtime_error(std::string(what) + " (Hyperscan error " + std::to_string(result) + ")");
}

static int onMatch(unsigned expression, unsigned long long, unsigned long long end, unsigned, void* scanner) {
  static_cast<Scanner*>(scanner)->found(expression, end);
  return 0;
}

Scanner::~Scanner() {
  for (auto& stream : streams_) {
    if (stream.state) hs_close_stream(stream.state, nullptr, nullptr, nullptr);
  }
  hs_free_scratch(scratch_);
}

const std::shared_ptr<const Database>& Scanner::databaseOf(uint32_t number) {
  bool isNew;
  const auto* database = view_.find(number, isNew);
  if (!database) throw std::runtime_error("there is no database " + std::to_string(number));
  if (isNew) {
    check(hs_alloc_scratch((*database)->compiled, &scratch_), "no memory to scan with");
    if (seen_.size() < (*database)->ids.size()) seen_.resize((*database)->ids.size());
  }
  return *database;
}

uint32_t Scanner::openStream(uint32_t number) {
  view_.refresh();
  const auto& database = databaseOf(number);
  if (!database->streaming) throw std::runtime_error("database " + std::to_string(number) + " is not for streams");
  hs_stream_t* state = nullptr;
  check(hs_open_stream(database->compiled, 0, &state), "no memory for a stream");
  uint32_t stream = static_cast<uint32_t>(streams_.size());
  if (freeStreams_.empty()) {
    streams_.emplace_back();
  } else {
    stream = freeStreams_.back();
    freeStreams_.pop_back();
  }
  streams_[stream] = {database, state, 0};
  return stream;
}

void Scanner::closeStream(uint32_t stream) {
  if (stream >= streams_.size() || !streams_[stream].state) {
    throw std::runtime_error("there is no stream " + std::to_string(stream));
  }
  hs_close_stream(streams_[stream].state, nullptr, nullptr, nullptr);
  streams_[stream] = {};
  freeStreams_.push_back(stream);
}

const std::vector<Match>& Scanner::scan(const uint8_t* bytes, size_t length, const Job* jobs, uint32_t count) {
  matches_.clear();
  view_.refresh();
  for (uint32_t i = 0; i < count; i++) {
    // Copied: the jobs may be in memory written by other threads.
    const Job job = jobs[i];
    if (static_cast<uint64_t>(job.offset) + job.length > length) {
      throw std::runtime_error("job " + std::to_string(i) + " reaches beyond the bytes");
    }
    job_ = i;
    nextGeneration();
    scanJob(bytes + job.offset, job);
  }
  return matches_;
}

void Scanner::scanJob(const uint8_t* bytes, const Job& job) {
  const auto* data = reinterpret_cast<const char*>(bytes);
  if (job.stream == 0) {
    const auto& database = databaseOf(job.database);
    if (database->streaming) throw std::runtime_error("database " + std::to_string(job.database) + " is for streams only");
    start_ = 0;
    ids_ = database->ids.data();
    check(hs_scan(database->compiled, data, job.length, 0, scratch_, onMatch, this), "cannot scan");
    return;
  }
  if (job.stream >= streams_.size() || !streams_[job.stream].state) {
    throw std::runtime_error("there is no stream " + std::to_string(job.stream));
  }
  auto& stream = streams_[job.stream];
  start_ = stream.scanned;
  ids_ = stream.database->ids.data();
  check(hs_scan_stream(stream.state, data, job.length, 0, scratch_, onMatch, this), "cannot scan a stream");
  stream.scanned += job.length;
}

void Scanner::nextGeneration() {
  if (++generation_ != 0) return;
  std::fill(seen_.begin(), seen_.end(), Seen{});
  generation_ = 1;
}

void Scanner::found(unsigned expression, uint64_t end) {
  // An expression with lookahead may be reported with an end in earlier data of the stream.
  const auto relative = static_cast<uint32_t>(end > start_ ? end - start_ : 0);
  auto& seen = seen_[expression];
  if (seen.job == generation_) {
    // Hyperscan does not guarantee the order of matches.
    auto& match = matches_[seen.match];
    match.end = std::min(match.end, relative);
    return;
  }
  seen = {generation_, static_cast<uint32_t>(matches_.size())};
  matches_.push_back({job_, ids_[expression], relative});
}

}  // namespace sluice
