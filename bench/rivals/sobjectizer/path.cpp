// Messages and asks of SObjectizer's agents.
#include "rivals/sobjectizer/support.hpp"

namespace {

using number = std::int64_t;

struct Token {
  number left;
};

// A member of a ring that hands a token on; two members play ping-pong.
class node final : public so_5::agent_t {
 public:
  node(context_t ctx, rival::outcome* result) : agent_t(std::move(ctx)), end_(result) {}

  void so_define_agent() override {
    so_subscribe_self().event([this](so_5::mhood_t<Token> m) {
      if (m->left > 0) {
        so_5::send<Token>(next, m->left - 1);
      } else {
        end_->set(0);
      }
    });
  }

  so_5::mbox_t next;

 private:
  rival::outcome* end_;
};

double hop(const rival::rows& rows, std::size_t members) {
  const number hops = rows.size(1'000'000, 1'000);
  rival::outcome end;
  environment_of with(rows);
  so_5::mbox_t first;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    std::vector<node*> all;
    for (std::size_t each = 0; each < members; ++each) {
      all.push_back(coop.make_agent<node>(&end));
    }
    for (std::size_t each = 0; each < members; ++each) {
      all[each]->next = all[(each + 1) % members]->so_direct_mbox();
    }
    first = all[0]->so_direct_mbox();
  });
  const rival::stopwatch all_told;
  so_5::send<Token>(first, hops - 1);
  (void)end.get();
  return all_told.nanoseconds() / static_cast<double>(hops);
}

struct Item {
  number value;
};

class sink final : public so_5::agent_t {
 public:
  sink(context_t ctx, number items, rival::outcome* result)
      : agent_t(std::move(ctx)), left_(items), end_(result) {}

  void so_define_agent() override {
    so_subscribe_self().event([this](so_5::mhood_t<Item> m) {
      sum_ += m->value;
      if (--left_ == 0) {
        end_->set(sum_);
      }
    });
  }

 private:
  number left_;
  number sum_ = 0;
  rival::outcome* end_;
};

struct Send {
  number left;
};

// One item a turn.
class sender final : public so_5::agent_t {
 public:
  sender(context_t ctx, so_5::mbox_t target) : agent_t(std::move(ctx)), to_(std::move(target)) {}

  void so_define_agent() override {
    so_subscribe_self().event([this](so_5::mhood_t<Send> m) {
      so_5::send<Item>(to_, number{1});
      if (m->left > 1) {
        so_5::send<Send>(*this, m->left - 1);
      }
    });
  }

 private:
  so_5::mbox_t to_;
};

double fan_in(const rival::rows& rows) {
  const number senders = 100;
  const number items = rows.size(500'000, 1'000) / senders * senders;
  rival::outcome end;
  environment_of with(rows);
  std::vector<so_5::mbox_t> all;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    const auto to = coop.make_agent<sink>(items, &end)->so_direct_mbox();
    for (number each = 0; each < senders; ++each) {
      all.push_back(coop.make_agent<sender>(to)->so_direct_mbox());
    }
  });
  const rival::stopwatch all_told;
  for (const auto& each : all) {
    so_5::send<Send>(each, items / senders);
  }
  rival::require(end.get() == items, "an item is missing");
  return all_told.nanoseconds() / static_cast<double>(2 * items);
}

struct Increment final : so_5::signal_t {};
struct Retrieve final : so_5::signal_t {};

class counter final : public so_5::agent_t {
 public:
  counter(context_t ctx, rival::outcome* result) : agent_t(std::move(ctx)), end_(result) {}

  void so_define_agent() override {
    so_subscribe_self()
        .event([this](so_5::mhood_t<Increment>) { ++count_; })
        .event([this](so_5::mhood_t<Retrieve>) { end_->set(count_); });
  }

 private:
  number count_ = 0;
  rival::outcome* end_;
};

class producer final : public so_5::agent_t {
 public:
  producer(context_t ctx, so_5::mbox_t target) : agent_t(std::move(ctx)), to_(std::move(target)) {}

  void so_define_agent() override {
    so_subscribe_self().event([this](so_5::mhood_t<Send> m) {
      for (number each = 0; each < m->left; ++each) {
        so_5::send<Increment>(to_);
      }
      so_5::send<Retrieve>(to_);
    });
  }

 private:
  so_5::mbox_t to_;
};

double counting(const rival::rows& rows) {
  const number count = rows.size(1'000'000, 1'000);
  rival::outcome end;
  environment_of with(rows);
  so_5::mbox_t from;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    const auto to = coop.make_agent<counter>(&end)->so_direct_mbox();
    from = coop.make_agent<producer>(to)->so_direct_mbox();
  });
  const rival::stopwatch all_told;
  so_5::send<Send>(from, count);
  rival::require(end.get() == count, "an increment is missing");
  return all_told.milliseconds();
}

struct Get {
  number asked;
  so_5::mbox_t reply;
};
struct Answer {
  number value;
};

class server final : public so_5::agent_t {
 public:
  using agent_t::agent_t;

  void so_define_agent() override {
    so_subscribe_self().event(
        [](so_5::mhood_t<Get> m) { so_5::send<Answer>(m->reply, m->asked + 1); });
  }
};

// Keeps a hundred asks under way. An ask is a pair of messages here.
class client final : public so_5::agent_t {
 public:
  client(context_t ctx, so_5::mbox_t source, rival::outcome* result)
      : agent_t(std::move(ctx)), from_(std::move(source)), end_(result) {}

  void so_define_agent() override {
    so_subscribe_self()
        .event([this](so_5::mhood_t<Send> m) {
          wanted_ = m->left;
          while (asked_ < std::min<number>(100, wanted_)) {
            ask();
          }
        })
        .event([this](so_5::mhood_t<Answer> m) {
          sum_ += m->value;
          if (asked_ < wanted_) {
            ask();
          }
          if (++answered_ == wanted_) {
            end_->set(sum_);
          }
        });
  }

 private:
  void ask() { so_5::send<Get>(from_, asked_++, so_direct_mbox()); }

  so_5::mbox_t from_;
  rival::outcome* end_;
  number wanted_ = 0;
  number asked_ = 0;
  number answered_ = 0;
  number sum_ = 0;
};

double asks_in_flight(const rival::rows& rows) {
  const number count = rows.size(1'000'000, 1'000);
  rival::outcome end;
  environment_of with(rows);
  so_5::mbox_t asks;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    const auto from = coop.make_agent<server>()->so_direct_mbox();
    asks = coop.make_agent<client>(from, &end)->so_direct_mbox();
  });
  const rival::stopwatch all_told;
  so_5::send<Send>(asks, count);
  rival::require(end.get() == count * (count + 1) / 2, "an answer is wrong");
  return all_told.nanoseconds() / static_cast<double>(count);
}

// By a message chain, on which the thread waits.
double ask_from_thread(const rival::rows& rows) {
  const number count = rows.size(10'000, 100);
  environment_of with(rows);
  so_5::mbox_t from;
  with.environment().introduce_coop(
      with.binder, [&](so_5::coop_t& coop) { from = coop.make_agent<server>()->so_direct_mbox(); });
  const auto answers = so_5::create_mchain(with.environment());
  number sum = 0;
  const rival::stopwatch all_told;
  for (number each = 0; each < count; ++each) {
    so_5::send<Get>(from, each, answers->as_mbox());
    so_5::receive(so_5::from(answers).handle_n(1),
                  [&](so_5::mhood_t<Answer> m) { sum += m->value; });
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
