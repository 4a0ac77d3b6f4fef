/// @file
/// How actors ask journals, and what becomes of what they cannot read.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>
#include <utility>

#include "casty/persistence/journal.hpp"
#include "casty/runtime/ask.hpp"
#include "casty/runtime/log.hpp"

namespace casty::detail {

// What was being done, and to whose events.
struct journal_use {
  std::string_view entity;
  std::uint64_t after;
  std::string_view doing;
};

// Each says whose events they were.
[[noreturn]] void throw_journal_failure(const journal_use& of, errc code, std::string_view detail);
[[noreturn]] void throw_unreadable(std::string_view entity, std::uint64_t sequence,
                                   std::string_view type, const error& why);
[[noreturn]] void throw_unknown_event(std::string_view entity, std::uint64_t sequence,
                                      std::string_view type);
[[noreturn]] void throw_gap(std::string_view entity, std::uint64_t wanted, std::uint64_t found);
// The state that is there is the one after the event `known`, and no more events are.
[[noreturn]] void throw_gone(std::string_view entity, std::uint64_t known, std::uint64_t last);
[[noreturn]] void throw_other_type(const stored_type& stored, const wire::type_label& here);
// Unless `events`, after which one is due, is 0.
void refuse_snapshots(std::string_view entity, std::uint64_t events);
void log_snapshot_failure(const logger& log, const journal_use& of, std::string_view detail);

// How long a journal may take before its actor fails; it cannot know then what was written.
inline constexpr duration journal_patience = duration::seconds(60);
inline constexpr std::size_t events_a_page = 1024;

// An awaiter. The journal answers from wherever it likes; what it throws is its answer too.
template <class Answer, class Begin>
[[nodiscard]] auto ask_journal(cell* self, Begin begin) {
  ask_block* block = open_ask_for<Answer>(self);
  pending<Answer> asked = ask_access::make<pending<Answer>>(block);
  const reply_to<Answer> done = reply_access::make<Answer>(block);
  try {
    begin(done);
  } catch (const std::exception& thrown) {
    done.tell(refusal<Answer>({errc::unavailable, thrown.what()}));
  }
  return std::move(asked).within(journal_patience).outcome();
}

// The answer; throws when the journal has failed.
template <class Answer>
[[nodiscard]] Answer settled_answer(result<Answer>&& answer, const journal_use& of) {
  if (!answer) {
    throw_journal_failure(of, errc::unavailable, to_string(answer.error()));
  }
  if (const journal_verdict& verdict = verdict_in(*answer); verdict.failed()) {
    throw_journal_failure(of, verdict.failure, verdict.detail);
  }
  return std::move(*answer);
}

// Of an event that is called so today, or was.
template <class Event>
[[nodiscard]] bool is_stored_as(const stored_value& stored) {
  return stored.type == stored_type::of<Event>() ||
         wire::is_called<Event>(stored.type.label().name);
}

template <class Value>
[[nodiscard]] Value decode_event(const stored_value& stored, std::string_view entity,
                                 std::uint64_t sequence) {
  try {
    if (stored.type == stored_type::of<Value>()) {
      return wire::decode<Value>(stored.bytes);
    }
    if (!wire::is_titled<Value>(stored.type.label().name)) {
      throw_other_type(stored.type, wire::label_of<Value>);
    }
    return wire::decode_stored<Value>(stored.type.label(), stored.bytes);
  } catch (const error& failed) {
    throw_unreadable(entity, sequence, stored.type.label().name, failed);
  }
}

}  // namespace casty::detail
