// Messages and asks of CAF's typed actors.
#include "rivals/caf/support.hpp"

namespace {

using number = std::int64_t;

// A member of a ring that hands a token on; two members play ping-pong.
using node = typed<caf::result<void>(number), caf::result<void>(next_atom, caf::strong_actor_ptr)>;
struct node_state {
  node_state(node::pointer owner, rival::outcome* result) : self(owner), end(result) {}

  node::behavior_type make_behavior() {
    return {[this](number left) {
              if (left > 0) {
                self->mail(left - 1).send(next);
              } else {
                end->set(0);
              }
            },
            [this](next_atom, const caf::strong_actor_ptr& other) {
              next = caf::actor_cast<node>(other);
            }};
  }

  node::pointer self;
  rival::outcome* end;
  node next;
};

double hop(const rival::rows& rows, std::size_t members) {
  const number hops = rows.size(1'000'000, 1'000);
  rival::outcome end;
  system_of with(rows);
  std::vector<node> all;
  for (std::size_t each = 0; each < members; ++each) {
    all.push_back(with.system.spawn(caf::actor_from_state<node_state>, &end));
  }
  for (std::size_t each = 0; each < members; ++each) {
    const auto& next = all[(each + 1) % members];
    caf::anon_mail(next_atom_v, caf::actor_cast<caf::strong_actor_ptr>(next)).send(all[each]);
  }
  const rival::stopwatch all_told;
  caf::anon_mail(hops - 1).send(all[0]);
  (void)end.get();
  const double spent = all_told.nanoseconds();
  for (const auto& each : all) {  // they hold each other
    caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }
  return spent / static_cast<double>(hops);
}

using sink = typed<caf::result<void>(item_atom, number)>;
struct sink_state {
  sink_state(sink::pointer, number items, rival::outcome* result) : left(items), end(result) {}

  sink::behavior_type make_behavior() {
    return {[this](item_atom, number value) {
      sum += value;
      if (--left == 0) {
        end->set(sum);
      }
    }};
  }

  number left;
  number sum = 0;
  rival::outcome* end;
};

// One item a turn.
using sender = typed<caf::result<void>(go_atom, number)>;
struct sender_state {
  sender_state(sender::pointer owner, sink target) : self(owner), to(std::move(target)) {}

  sender::behavior_type make_behavior() {
    return {[this](go_atom, number left) {
      self->mail(item_atom_v, number{1}).send(to);
      if (left > 1) {
        self->mail(go_atom_v, left - 1).send(self);
      }
    }};
  }

  sender::pointer self;
  sink to;
};

double fan_in(const rival::rows& rows) {
  const number senders = 100;
  const number items = rows.size(500'000, 1'000) / senders * senders;
  rival::outcome end;
  system_of with(rows);
  const auto to = with.system.spawn(caf::actor_from_state<sink_state>, items, &end);
  std::vector<sender> all;
  for (number each = 0; each < senders; ++each) {
    all.push_back(with.system.spawn(caf::actor_from_state<sender_state>, to));
  }
  const rival::stopwatch all_told;
  for (const auto& each : all) {
    caf::anon_mail(go_atom_v, items / senders).send(each);
  }
  rival::require(end.get() == items, "an item is missing");
  return all_told.nanoseconds() / static_cast<double>(2 * items);
}

using counter = typed<caf::result<void>(item_atom), caf::result<void>(end_atom)>;
struct counter_state {
  counter_state(counter::pointer, rival::outcome* result) : end(result) {}

  counter::behavior_type make_behavior() {
    return {[this](item_atom) { ++count; }, [this](end_atom) { end->set(count); }};
  }

  number count = 0;
  rival::outcome* end;
};

sender::behavior_type producer(sender::pointer self, const counter& to) {
  return {[self, to](go_atom, number count) {
    for (number each = 0; each < count; ++each) {
      self->mail(item_atom_v).send(to);
    }
    self->mail(end_atom_v).send(to);
  }};
}

double counting(const rival::rows& rows) {
  const number count = rows.size(1'000'000, 1'000);
  rival::outcome end;
  system_of with(rows);
  const auto to = with.system.spawn(caf::actor_from_state<counter_state>, &end);
  const auto from = with.system.spawn(producer, to);
  const rival::stopwatch all_told;
  caf::anon_mail(go_atom_v, count).send(from);
  rival::require(end.get() == count, "an increment is missing");
  return all_told.milliseconds();
}

using server = typed<caf::result<number>(number)>;
server::behavior_type serve() {
  return {[](number asked) { return asked + 1; }};
}

// Keeps a hundred asks under way.
using client = typed<caf::result<void>(go_atom, number)>;
struct client_state {
  client_state(client::pointer owner, server source, rival::outcome* result)
      : self(owner), from(std::move(source)), end(result) {}

  client::behavior_type make_behavior() {
    return {[this](go_atom, number count) {
      wanted = count;
      while (asked < std::min<number>(100, wanted)) {
        ask();
      }
    }};
  }
  void ask() {
    self->mail(asked++).request(from, caf::infinite).then([this](number answer) {
      sum += answer;
      if (asked < wanted) {
        ask();
      }
      if (++answered == wanted) {
        end->set(sum);
      }
    });
  }

  client::pointer self;
  server from;
  rival::outcome* end;
  number wanted = 0;
  number asked = 0;
  number answered = 0;
  number sum = 0;
};

double asks_in_flight(const rival::rows& rows) {
  const number count = rows.size(1'000'000, 1'000);
  rival::outcome end;
  system_of with(rows);
  const auto from = with.system.spawn(serve);
  const auto asks = with.system.spawn(caf::actor_from_state<client_state>, from, &end);
  const rival::stopwatch all_told;
  caf::anon_mail(go_atom_v, count).send(asks);
  rival::require(end.get() == count * (count + 1) / 2, "an answer is wrong");
  return all_told.nanoseconds() / static_cast<double>(count);
}

double ask_from_thread(const rival::rows& rows) {
  const number count = rows.size(10'000, 100);
  system_of with(rows);
  const auto from = with.system.spawn(serve);
  caf::scoped_actor self(with.system);
  number sum = 0;
  const rival::stopwatch all_told;
  for (number each = 0; each < count; ++each) {
    self->mail(each)
        .request(from, caf::infinite)
        .receive([&](number answer) { sum += answer; },
                 [](const caf::error&) { rival::require(false, "an ask has failed"); });
  }
  const double spent = all_told.nanoseconds();
  rival::require(sum == count * (count + 1) / 2, "an answer is wrong");
  return spent / static_cast<double>(count);
}

}  // namespace

void take_path(const rival::rows& rows) {
  const bool two = rows.workers() > 1;
  rows.take(two ? "across_ping_pong/pairs:1" : "ping_pong", "ns", [&] { return hop(rows, 2); });
  rows.take(two ? "ring/workers:2" : "ring/members:100/tokens:1", "ns",
            [&] { return hop(rows, 100); });
  rows.take(two ? "across_fan_in/senders:100" : "fan_in/senders:100", "ns",
            [&] { return fan_in(rows); });
  rows.take(two ? "asks_in_flight/workers:2" : "asks_in_flight_awaited", "ns",
            [&] { return asks_in_flight(rows); });
  rows.take(two ? "ask/workers:2" : "ask", "ns", [&] { return ask_from_thread(rows); });
  rows.take_whole("counting", [&] { return counting(rows); });
}
