#include "runtime/watching.hpp"

#include <utility>

#include "casty/runtime/context.hpp"
#include "runtime/effect_sink.hpp"
#include "runtime/engine.hpp"

namespace casty::detail {

namespace {

[[nodiscard]] bool is_watched(const cell* actor, const identity& which,
                              const envelope* end) noexcept {
  const auto found = actor->more->watched.find(which);
  return found != actor->more->watched.end() && found->second.end == end;
}

}  // namespace

watch_record::~watch_record() {
  if (end != nullptr) {
    discard(end);
  }
}

void watch(cell* watcher, const target& watched, envelope* end, any_ref* learns) {
  end->kind = envelope_kind::watched_end;
  // Within a mailbox these say who has ended: the receiver is known there.
  end->actor = watched.actor;
  end->generation = watched.generation;
  envelope* sealed =
      make_order<watch_record>(order::watch, watched, target_of(watcher), watched, end, learns);
  const bool is_child = __atomic_load_n(&watched.actor->parent, __ATOMIC_ACQUIRE) == watcher;
  const identity key{watched.actor, watched.generation};
  if (!extension_of(watcher).watched.emplace(key, watch_of{end, is_child}).second) {
    discard(sealed);
    return;
  }
  if (effect_sink* sink = sink_of(worker::current()->system, target_of(watcher))) {
    sink->on_watch(watched);
  }
  post(sealed);
}

void unwatch(cell* watcher, const target& watched) {
  if (watcher->more == nullptr) {
    return;
  }
  const auto found = watcher->more->watched.find({watched.actor, watched.generation});
  if (found == watcher->more->watched.end()) {
    return;
  }
  // So that the record does not wait there for an end that nobody wants to hear of.
  post(make_order<watch_undone>(order::unwatch, watched, found->second.end));
  watcher->more->watched.erase(found);
  if (effect_sink* sink = sink_of(worker::current()->system, target_of(watcher))) {
    sink->on_unwatch(watched);
  }
}

void end_watch_early(cell* actor, const watch_undone& undone) noexcept {
  if (actor->more == nullptr) {
    return;
  }
  for (envelope** at = &actor->more->watchers; *at != nullptr; at = &(*at)->next) {
    if (message_in<watch_record>(*at).end == undone.end) {
      envelope* record = std::exchange(*at, (*at)->next);
      discard(record);
      return;
    }
  }
}

void unwatch_all(extension& of) noexcept {
  for (const auto& [who, how] : of.watched) {
    const target watched{const_cast<cell*>(who.actor), who.generation, 0};
    post(make_order<watch_undone>(order::unwatch, watched, how.end));
  }
  of.watched.clear();
}

// The new incarnation has not known them.
void unwatch_children(cell* watcher) noexcept {
  std::erase_if(watcher->more->watched, [](const auto& each) { return each.second.is_child; });
}

void begin_watch(envelope* sealed) noexcept {
  cell* actor = sealed->actor;
  if (load(actor->generation) != sealed->generation) {
    send_back(sealed);
    return;
  }
  extension& more = extension_of(actor);
  sealed->next = more.watchers;
  more.watchers = sealed;
}

void send_back(envelope* sealed) noexcept {
  const auto& record = message_in<watch_record>(sealed);
  sealed->tag = static_cast<std::uint16_t>(order::watched_end);
  sealed->actor = record.watcher.actor;
  sealed->generation = record.watcher.generation;
  post(sealed);
}

void end_watch(worker& here, envelope* sealed) noexcept {
  auto& record = message_in<watch_record>(sealed);
  cell* actor = sealed->actor;
  if (load(actor->generation) == sealed->generation && (actor->flags & ending) == 0 &&
      is_watched(actor, {record.watched.actor, record.watched.generation}, record.end)) {
    here.enqueue(actor, std::exchange(record.end, nullptr));
  }
  discard(sealed);
}

bool take_watched(cell* actor, const identity& ended, const envelope* end) noexcept {
  return is_watched(actor, ended, end) && actor->more->watched.erase(ended) != 0;
}

void tell_watchers(extension& of, const any_ref& ended) noexcept {
  // The first to have watched is told first.
  envelope* first = nullptr;
  while (of.watchers != nullptr) {
    envelope* following = of.watchers->next;
    of.watchers->next = first;
    first = of.watchers;
    of.watchers = following;
  }
  while (first != nullptr) {
    envelope* sealed = std::exchange(first, first->next);
    const auto& record = message_in<watch_record>(sealed);
    if (record.learns != nullptr) {
      *record.learns = ended;
    }
    send_back(sealed);
  }
}

}  // namespace casty::detail
