// Scanning state of one thread: scratch space, open streams, and the matches of the last call.
#pragma once

#include <memory>
#include <vector>

#include "database.h"
#include "shared_table.h"

namespace sluice {

/** Shared by the process. Never destroyed: threads may still scan while the process exits. */
SharedTable<Database>& databases();

/** As in engine/native/patterns.ts. */
struct Job {
  uint32_t database, stream, offset, length;
};
struct Match {
  uint32_t job, id, end;
};

class Scanner {
 public:
  Scanner() : view_(databases()) {}
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  ~Scanner();

  uint32_t openStream(uint32_t database);
  void closeStream(uint32_t stream);

  /** Each id at most once per job, with its first end. @throws std::runtime_error for an invalid job. */
  const std::vector<Match>& scan(const uint8_t* bytes, size_t length, const Job* jobs, uint32_t count);
  const std::vector<Match>& matches() const { return matches_; }

  /** Called by Hyperscan with the number of an expression. */
  void found(unsigned expression, uint64_t end);

 private:
  struct Stream {
    std::shared_ptr<const Database> database;
    hs_stream_t* state = nullptr;
    uint64_t scanned = 0;
  };
  /** When an expression was last found, and the index of that match. */
  struct Seen {
    uint32_t job = 0;
    uint32_t match = 0;
  };

  const std::shared_ptr<const Database>& databaseOf(uint32_t number);
  void scanJob(const uint8_t* data, const Job& job);
  void nextGeneration();

  TableView<Database> view_;
  hs_scratch_t* scratch_ = nullptr;
  std::vector<Stream> streams_{1};
  std::vector<uint32_t> freeStreams_;
  std::vector<Match> matches_;
  std::vector<Seen> seen_;

  // The job being scanned.
  uint32_t generation_ = 0;
  uint32_t job_ = 0;
  uint64_t start_ = 0;
  const uint32_t* ids_ = nullptr;
};

}  // namespace sluice
