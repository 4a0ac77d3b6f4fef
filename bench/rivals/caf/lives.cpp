// Actors of CAF that begin and end.
#include "rivals/caf/support.hpp"

namespace {

using number = std::int64_t;

// Keeps sixteen bytes, and does nothing unless asked.
using idle = typed<caf::result<number>(end_atom)>;
struct idle_state {
  explicit idle_state(number of) : first(of) {}

  idle::behavior_type make_behavior() {
    return {[this](end_atom) { return first + second; }};
  }

  number first;
  number second = 0;
};

using parent = typed<caf::result<void>(go_atom, number)>;

// The refs are kept, or they would end at once; their own bytes do not count.
rival::spawning spawn_cold(const rival::rows& rows) {
  const number count = rows.size(1'000'000, 1'000);
  rival::outcome end;
  system_of with(rows);
  std::vector<idle> all(static_cast<std::size_t>(count));
  const double before = rival::resident();
  rival::spawning found{};
  const auto spawns = with.system.spawn([&](parent::pointer self) -> parent::behavior_type {
    return {[&, self](go_atom, number wanted) {
      const rival::stopwatch all_told;
      for (number each = 0; each < wanted; ++each) {
        all[static_cast<std::size_t>(each)] = self->spawn(caf::actor_from_state<idle_state>, each);
      }
      found.nanoseconds = all_told.nanoseconds() / static_cast<double>(wanted);
      end.set(wanted);
    }};
  });
  caf::anon_mail(go_atom_v, count).send(spawns);
  rival::require(end.get() == count, "an actor is missing");
  // Each has had its first turn.
  caf::scoped_actor self(with.system);
  self->mail(end_atom_v)
      .request(all.back(), caf::infinite)
      .receive([&](number answer) { rival::require(answer == count - 1, "the last is missing"); },
               [](const caf::error&) { rival::require(false, "an ask has failed"); });
  found.bytes = (rival::resident() - before) / static_cast<double>(count);
  return found;
}

// Spawns one after the other; each takes a message, answers, and ends.
using child = typed<caf::result<done_atom>(item_atom)>;
child::behavior_type work(child::pointer self) {
  return {[self](item_atom) {
    self->quit();
    return done_atom_v;
  }};
}

using family = typed<caf::result<void>(go_atom, number), caf::result<void>(done_atom)>;
struct family_state {
  family_state(family::pointer owner, rival::outcome* result) : self(owner), end(result) {}

  family::behavior_type make_behavior() {
    return {[this](go_atom, number lives) {
              left = lives;
              bear();
            },
            [this](done_atom) {
              ++ended;
              if (--left > 0) {
                bear();
              } else {
                end->set(ended);
              }
            }};
  }
  void bear() { self->mail(item_atom_v).send(self->spawn(work)); }

  family::pointer self;
  rival::outcome* end;
  number left = 0;
  number ended = 0;
};

double short_lives(const rival::rows& rows) {
  const number lives = rows.size(100'000, 1'000);
  rival::outcome end;
  system_of with(rows);
  const auto root = with.system.spawn(caf::actor_from_state<family_state>, &end);
  const rival::stopwatch all_told;
  caf::anon_mail(go_atom_v, lives).send(root);
  rival::require(end.get() == lives, "a life is missing");
  return all_told.milliseconds();
}

// Watches many, which are then told to end.
using watched = typed<caf::result<void>(end_atom)>;
watched::behavior_type until_told(watched::pointer self) {
  return {[self](end_atom) { self->quit(); }};
}

using watcher = typed<caf::result<void>(go_atom, number), caf::result<void>(end_atom)>;
struct watcher_state {
  watcher_state(watcher::pointer owner, rival::outcome* result) : self(owner), end(result) {}

  watcher::behavior_type make_behavior() {
    return {[this](go_atom, number actors) {
              for (number each = 0; each < actors; ++each) {
                all.push_back(self->spawn(until_told));
                self->monitor(all.back(), [this](const caf::error&) {
                  if (++told == static_cast<number>(all.size())) {
                    end->set(told);
                  }
                });
              }
              end->set(actors);
            },
            [this](end_atom) {
              for (const auto& each : all) {
                self->mail(end_atom_v).send(each);
              }
            }};
  }

  watcher::pointer self;
  rival::outcome* end;
  std::vector<watched> all;
  number told = 0;
};

double watched_stops(const rival::rows& rows) {
  const number actors = rows.size(100'000, 1'000);
  rival::outcome end;
  system_of with(rows);
  const auto root = with.system.spawn(caf::actor_from_state<watcher_state>, &end);
  caf::anon_mail(go_atom_v, actors).send(root);
  rival::require(end.get() == actors, "an actor is missing");
  const rival::stopwatch all_told;
  caf::anon_mail(end_atom_v).send(root);
  rival::require(end.get() == actors, "an end was not told");
  return all_told.milliseconds();
}

}  // namespace

void take_lives(const rival::rows& rows) {
  if (rows.workers() == 1) {
    rows.take_cold("cold/state:16", [&] { return spawn_cold(rows); });
  }
  rows.take_whole("short_lives", [&] { return short_lives(rows); });
  rows.take_whole("watched_stops", [&] { return watched_stops(rows); });
}
