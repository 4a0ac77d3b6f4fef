/// @file
/// Death watch: a record that waits at the watched actor and comes back at its end.
///
/// Layer: runtime, private.
#pragma once

#include "runtime/worker.hpp"

namespace casty::detail {

// Travels in one envelope: to the watched actor, where it stays until that has stopped,
// then back. So the end of an actor needs no memory.
struct watch_record {
  watch_record(const target& by, const target& of, envelope* says, any_ref* tells) noexcept
      : watcher(by), watched(of), end(says), learns(tells) {}
  watch_record(const watch_record&) = delete;
  watch_record& operator=(const watch_record&) = delete;
  ~watch_record();

  target watcher;
  target watched;
  envelope* end;    // what the watcher is told
  any_ref* learns;  // the ref in it
};

// A watch taken back, at the watched actor; its record is known by what it says.
struct watch_undone {
  const envelope* end;
};
void end_watch_early(cell* actor, const watch_undone& undone) noexcept;
// At the watched actor; at once sent back when it is gone.
void begin_watch(envelope* sealed) noexcept;
void send_back(envelope* sealed) noexcept;
// At the watcher.
void end_watch(worker& here, envelope* sealed) noexcept;
// True when the actor still watches what has ended; it does no longer then.
[[nodiscard]] bool take_watched(cell* actor, const identity& ended,
                                const envelope* end) noexcept;
// At its end: those that it watched forget it.
void unwatch_all(extension& of) noexcept;
// In the mailbox of the watcher an end bears the name of the one that has ended.
inline void address_to(cell* watcher, envelope* end) noexcept {
  if (end->kind == envelope_kind::watched_end) {
    end->actor = watcher;
    end->generation = load(watcher->generation);
  }
}
// At a restart: what is stopped with the old incarnation.
void unwatch_children(cell* watcher) noexcept;
// Tells all watchers of an actor that has stopped.
void tell_watchers(extension& of, const any_ref& ended) noexcept;

}  // namespace casty::detail
