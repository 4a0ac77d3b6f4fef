/// @file
/// A parent that spawns, watches and stops idle actors by the thousand, and the time each
/// of these takes.
#pragma once

#include <vector>

#include "support/meter.hpp"

namespace bench {

struct Get {
  casty::reply_to<std::int64_t> reply;
};

/// An actor that keeps `Words` words, and does nothing unless asked for the first.
template <unsigned Words>
struct words {
  std::int64_t of[Words];
};
template <unsigned Words>
casty::behavior<Get> idle(std::int64_t number) {
  return casty::behaviors::with_state<Get>(words<Words>{{number}},
                                           [](const words<Words>& state, const Get& m) {
                                             m.reply.tell(state.of[0]);
                                             return casty::behaviors::same;
                                           });
}

struct Spawn {
  std::int64_t count;
  bool keep;  // their refs
  casty::reply_to<cost> reply;
};
struct Watch {
  casty::reply_to<cost> reply;
};
struct Stop {
  bool told;  // ends with the last `terminated`
  casty::reply_to<cost> reply;
};
struct Stopped {};
struct Last {
  casty::reply_to<casty::actor_ref<Get>> reply;
};
struct Parent : casty::protocol<Spawn, Watch, Stop, Stopped, Last, casty::terminated> {};

struct family {
  std::vector<casty::actor_ref<Get>> children;
  std::int64_t told = 0;
  lap ending;
};

inline casty::behavior<Parent> parent(family& of, casty::behavior<Get> (*child)(std::int64_t)) {
  using context = casty::actor_context<Parent>;
  return casty::behaviors::receive<Parent>(
      [&of, child](context& ctx, const Spawn& m) {
        of.children.reserve(m.keep ? static_cast<std::size_t>(m.count) : 1);
        const meter all;
        for (std::int64_t number = 0; number < m.count; ++number) {
          const auto made = ctx.spawn(child(number));
          if (m.keep || number + 1 == m.count) {
            of.children.push_back(made);
          }
        }
        m.reply.tell(all.read());
        return casty::behaviors::same;
      },
      [&of](context& ctx, const Watch& m) {
        const meter all;
        for (const auto& each : of.children) {
          ctx.watch(each);
        }
        m.reply.tell(all.read());
        return casty::behaviors::same;
      },
      [&of](context& ctx, const Stop& m) {
        of.told = m.told ? static_cast<std::int64_t>(of.children.size()) : 0;
        of.ending.begin(m.reply);
        for (const auto& each : of.children) {
          ctx.stop(each);
        }
        if (!m.told) {
          ctx.self().tell(Stopped{});  // the turns of those told to stop come first
        }
        return casty::behaviors::same;
      },
      [&of](Stopped) {
        of.ending.end();
        return casty::behaviors::same;
      },
      [&of](const Last& m) {
        m.reply.tell(of.children.back());
        return casty::behaviors::same;
      },
      [&of](const casty::terminated&) {
        if (--of.told == 0) {
          of.ending.end();
        }
        return casty::behaviors::same;
      });
}

/// One family after the other in a system, each with its own parent.
class families {
 public:
  explicit families(casty::behavior<Get> (*child)(std::int64_t)) : child_(child) {}

  cost spawn(std::int64_t count, bool keep) {
    parent_.emplace(system_.spawn(parent(now_, child_)));
    const cost spent = system_.ask<Spawn>(*parent_, count, keep).within(patience).get();
    require(system_.ask<Get>(now_.children.back()).get() == count - 1, "the last is missing");
    return spent;
  }
  cost watch() { return system_.ask<Watch>(*parent_).within(patience).get(); }
  cost stop(bool told) { return system_.ask<Stop>(*parent_, told).within(patience).get(); }

  /// Stops the parent, and so all that still live; none is left after.
  void end() {
    system_.stop(*parent_);
    require(system_.drain(patience), "the family does not end");
    const std::uint64_t before = system_.counts().dead;
    for (const auto& each : now_.children) {
      each.tell(Get{casty::ignored});
    }
    require(system_.drain(patience) && system_.counts().dead - before == now_.children.size(),
            "a child lives on");
    now_.children.clear();
  }

 private:
  casty::behavior<Get> (*child_)(std::int64_t);
  family now_;
  casty::actor_system system_{one_worker()};
  std::optional<casty::actor_ref<Parent>> parent_;
};

}  // namespace bench
