// Numbered objects usable by every thread of the process: added and released under a lock, looked up without one
// through a view that each thread keeps.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace sluice {

template <class T>
class SharedTable {
 public:
  using Pointer = std::shared_ptr<const T>;

  /** @returns its number, from 1; numbers of released objects are reused. */
  uint32_t add(Pointer object) {
    std::lock_guard<std::mutex> guard(lock_);
    if (free_.empty()) {
      objects_.push_back(std::move(object));
      return static_cast<uint32_t>(objects_.size());
    }
    const uint32_t number = free_.back();
    free_.pop_back();
    objects_[number - 1] = std::move(object);
    return number;
  }

  /** The object is freed when the last thread that used it does another lookup, or ends. */
  bool release(uint32_t number) {
    std::lock_guard<std::mutex> guard(lock_);
    if (number == 0 || number > objects_.size() || !objects_[number - 1]) return false;
    objects_[number - 1].reset();
    free_.push_back(number);
    releases_.fetch_add(1, std::memory_order_release);
    return true;
  }

  Pointer get(uint32_t number) {
    std::lock_guard<std::mutex> guard(lock_);
    return number == 0 || number > objects_.size() ? nullptr : objects_[number - 1];
  }

  uint64_t releases() const { return releases_.load(std::memory_order_acquire); }

 private:
  std::mutex lock_;
  std::vector<Pointer> objects_;
  std::vector<uint32_t> free_;
  std::atomic<uint64_t> releases_{0};
};

/** What one thread has seen of a table: keeps looked-up objects until something is released. */
template <class T>
class TableView {
 public:
  using Pointer = std::shared_ptr<const T>;

  explicit TableView(SharedTable<T>& table) : table_(table) {}

  /** Clears the view if anything was released since: called once before a batch of lookups. */
  void refresh() {
    const uint64_t releases = table_.releases();
    if (releases == releases_) return;
    seen_.clear();
    releases_ = releases;
  }

  /** @returns null if there is no such object; `isNew` is set on this thread's first lookup of it. */
  const Pointer* find(uint32_t number, bool& isNew) {
    isNew = false;
    if (number < seen_.size() && seen_[number]) return &seen_[number];
    Pointer object = table_.get(number);
    if (!object) return nullptr;
    if (number >= seen_.size()) seen_.resize(number + 1);
    seen_[number] = std::move(object);
    isNew = true;
    return &seen_[number];
  }

 private:
  SharedTable<T>& table_;
  std::vector<Pointer> seen_;
  uint64_t releases_ = 0;
};

}  // namespace sluice
