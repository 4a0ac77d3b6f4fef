/// @file
/// Journals: where events and snapshots are kept, whatever keeps them.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "casty/core/error.hpp"
#include "casty/core/reply_to.hpp"
#include "casty/wire/codec.hpp"

namespace casty {

/// What a stored value was called, and how it was laid out, when it was written. Each different
/// one is kept once in the process, so that a value of this is a pointer.
///
/// @thread  Any.
class stored_type {
 public:
  /// That of a type of this program.
  template <class Type>
  [[nodiscard]] static stored_type of() {
    static const stored_type known(wire::label_of<Type>);
    return known;
  }
  /// What a journal has read back.
  explicit stored_type(const wire::type_label& label);

  [[nodiscard]] const wire::type_label& label() const noexcept { return *label_; }
  friend bool operator==(const stored_type&, const stored_type&) = default;

 private:
  const wire::type_label* label_;
};

/// An event or a state, in bytes.
struct stored_value {
  stored_type type;
  std::vector<std::byte> bytes;

  template <class Type>
  [[nodiscard]] static stored_value of(const Type& value);
};

/// How an operation of a journal has ended: `errc{}`, or why it failed, for people.
///
/// conflict      somebody else has written to the entity
/// full          no room
/// corrupt       what is stored is not what was
/// bad_argument  a number or a name that the journal cannot keep
/// unavailable   everything else: locked, closed, not reached. Whether it was written is not known
struct journal_verdict {
  errc failure = {};
  std::string detail = {};

  [[nodiscard]] bool failed() const noexcept { return failure != errc{}; }
};

/// Events of one entity, one after the other.
struct event_page {
  journal_verdict verdict = {};
  std::uint64_t first = 0;           ///< the sequence number of the first
  std::vector<stored_value> events;  ///< empty: there are no more
  /// The number of the newest event that was ever written of the entity, be it on this page, on
  /// a later one, or deleted since; 0: there never was one.
  std::uint64_t last = 0;
};

/// The state of an entity after the event of that number.
struct stored_snapshot {
  std::uint64_t sequence = 0;
  stored_value state;
};

struct snapshot_answer {
  journal_verdict verdict = {};
  std::optional<stored_snapshot> newest = {};
};

/// Names of entities, in the order of their bytes.
struct entity_page {
  journal_verdict verdict = {};
  std::vector<std::string> entities;  ///< empty: there are no more
};

/// An event of any entity, at its place among all of the journal.
struct placed_event {
  std::uint64_t position = 0;  ///< from 1; those of events that are deleted are missing
  std::string entity;
  std::uint64_t sequence = 0;
  stored_value event;
};

struct placed_page {
  journal_verdict verdict = {};
  std::vector<placed_event> events;  ///< empty: there are no more
};

namespace detail {

[[nodiscard]] inline journal_verdict& verdict_in(journal_verdict& of) noexcept { return of; }
template <class Answer>
[[nodiscard]] journal_verdict& verdict_in(Answer& of) noexcept {
  return of.verdict;
}
// An answer that says nothing but why there is none.
template <class Answer>
[[nodiscard]] Answer refusal(journal_verdict verdict) {
  Answer none;
  verdict_in(none) = std::move(verdict);
  return none;
}

}  // namespace detail

/// What an event-sourced actor needs of its store; `casty::journal` hands it around. Events of
/// an entity are numbered from 1, without a gap. All functions return at once; each answers
/// once, from any thread, and an answer means that what it says is durable. A `reply_to` that
/// is dropped counts as unavailable.
///
/// @thread  Any: entities of several threads, and systems, share one.
class event_journal {
 public:
  /// Of the events on a page together; one that is larger stands on a page of its own. So whoever
  /// reads needs memory for a page, however large events are.
  static constexpr std::size_t page_bytes_max = 1024 * 1024;

  event_journal() = default;
  event_journal(const event_journal&) = delete;
  event_journal& operator=(const event_journal&) = delete;
  virtual ~event_journal();

  /// Appends all of `events` or none: the first one is number `after + 1`. When that is not the
  /// next number: conflict.
  virtual void persist(std::string_view entity, std::uint64_t after,
                       std::vector<stored_value> events, reply_to<journal_verdict> done) = 0;
  /// Events with greater numbers than `after`, up to `most` of them, which is not 0. A page with
  /// fewer need not be the last one: see `page_bytes_max`.
  virtual void load(std::string_view entity, std::uint64_t after, std::size_t most,
                    reply_to<event_page> done) = 0;
  /// Keeps the newest `keep` of an entity, those with the greatest numbers, and no others.
  virtual void save_snapshot(std::string_view entity, stored_snapshot snapshot, std::uint32_t keep,
                             reply_to<journal_verdict> done) = 0;
  virtual void load_snapshot(std::string_view entity, reply_to<snapshot_answer> done) = 0;
  /// Forgets events up to that number; the next number stays what it is.
  virtual void delete_to(std::string_view entity, std::uint64_t sequence,
                         reply_to<journal_verdict> done) = 0;
  /// Entities that have events or had some, with greater names than `after`.
  virtual void entities(std::string_view after, std::size_t most, reply_to<entity_page> done) = 0;
  /// Events of all entities with greater positions than `after`, in the order in which they
  /// became durable, those of one entity in theirs: to build something else of them. Pages as
  /// those of `load`.
  virtual void read(std::uint64_t after, std::size_t most, reply_to<placed_page> done) = 0;
};

/// A journal that is there: a shared pointer that is never null.
class journal {
 public:
  /// @throws  `casty::error` of bad_argument for a null pointer.
  template <class Kept>
    requires std::is_base_of_v<event_journal, Kept>
  journal(std::shared_ptr<Kept> kept) : kept_(std::move(kept)) {
    check();
  }

  [[nodiscard]] event_journal& operator*() const noexcept { return *kept_; }
  [[nodiscard]] event_journal* operator->() const noexcept { return kept_.get(); }

 private:
  void check() const;

  std::shared_ptr<event_journal> kept_;
};

/// A journal that lives as long as somebody holds it: for tests, and for state that may be lost
/// with the process. Answers at once.
[[nodiscard]] journal in_memory_journal();

template <class Type>
stored_value stored_value::of(const Type& value) {
  thread_local wire::byte_buffer buffer;
  buffer.clear();
  wire::encode(buffer, value);
  const byte_view bytes = buffer.view();
  return {stored_type::of<Type>(), std::vector<std::byte>(bytes.begin(), bytes.end())};
}

}  // namespace casty
