// Programs of Savina for CAF, as casty's are.
#include <cmath>
#include <random>

#include "rivals/caf/support.hpp"

namespace {

using number = std::int64_t;

// A tree whose million leaves send their numbers up.
using node = typed<caf::result<void>(number), caf::result<void>(go_atom, number, number)>;
struct node_state {
  node_state(node::pointer owner, node above, rival::outcome* result)
      : self(owner), parent(std::move(above)), end(result) {}

  node::behavior_type make_behavior() {
    return {[this](number value) {
              sum += value;
              if (--left == 0) {
                give(sum);
              }
            },
            [this](go_atom, number first, number leaves) {
              if (leaves == 1) {
                give(first);
                return;
              }
              left = 10;
              const number each = leaves / 10;
              for (number child = 0; child < 10; ++child) {
                self->mail(go_atom_v, first + child * each, each)
                    .send(self->spawn(caf::actor_from_state<node_state>, node(self), end));
              }
            }};
  }
  void give(number value) {
    if (parent) {
      self->mail(value).send(parent);
    } else {
      end->set(value);
    }
    self->quit();
  }

  node::pointer self;
  node parent;
  rival::outcome* end;
  number left = 0;
  number sum = 0;
};

double skynet(const rival::rows& rows) {
  const number leaves = rows.size(1'000'000, 1'000);
  rival::outcome end;
  system_of with(rows);
  const rival::stopwatch all_told;
  const auto root = with.system.spawn(caf::actor_from_state<node_state>, node{}, &end);
  caf::anon_mail(go_atom_v, number{0}, leaves).send(root);
  rival::require(end.get() == leaves * (leaves - 1) / 2, "a leaf is missing");
  return all_told.milliseconds();
}

// Sixty actors that take messages in turn.
using joiner = typed<caf::result<void>(go_atom), caf::result<void>(done_atom, double)>;
using worker = typed<caf::result<void>(double)>;
struct worker_state {
  worker_state(worker::pointer owner, number messages, joiner target)
      : self(owner), left(messages), to(std::move(target)) {}

  worker::behavior_type make_behavior() {
    return {[this](double angle) {
      const double sine = std::sin(angle);
      sum += sine * sine;
      if (--left == 0) {
        self->mail(done_atom_v, sum).send(to);
        self->quit();
      }
    }};
  }

  worker::pointer self;
  number left;
  joiner to;
  double sum = 0;
};

struct joiner_state {
  joiner_state(joiner::pointer owner, number forked, number each, rival::outcome* result)
      : self(owner), actors(forked), messages(each), end(result) {}

  joiner::behavior_type make_behavior() {
    return {
        [this](go_atom) {
          left = actors;
          std::vector<worker> all;
          for (number each = 0; each < actors; ++each) {
            all.push_back(self->spawn(caf::actor_from_state<worker_state>, messages, joiner(self)));
          }
          for (number each = 0; each < messages; ++each) {
            for (const auto& to : all) {
              self->mail(37.2).send(to);
            }
          }
        },
        [this](done_atom, double part) {
          sum += part;
          if (--left == 0) {
            end->set(std::llround(sum));
          }
        }};
  }

  joiner::pointer self;
  number actors;
  number messages;
  rival::outcome* end;
  number left = 0;
  double sum = 0;
};

double fork_join_throughput(const rival::rows& rows) {
  const number actors = rows.size(60, 4);
  const number messages = rows.size(10'000, 100);
  const double expected = static_cast<double>(actors * messages) * std::sin(37.2) * std::sin(37.2);
  rival::outcome end;
  system_of with(rows);
  const auto root = with.system.spawn(caf::actor_from_state<joiner_state>, actors, messages, &end);
  const rival::stopwatch all_told;
  caf::anon_mail(go_atom_v).send(root);
  rival::require(end.get() == std::llround(expected), "a message is missing");
  return all_told.milliseconds();
}

// Creatures that meet in pairs, through one mall.
using mall = typed<caf::result<void>(meet_atom, int, caf::strong_actor_ptr),
                   caf::result<void>(done_atom, number)>;
using creature = typed<caf::result<void>(meet_atom, int, caf::strong_actor_ptr),
                       caf::result<void>(change_atom, int), caf::result<void>(end_atom)>;

struct creature_state {
  creature_state(creature::pointer owner, int first, mall at)
      : self(owner), color(first), place(std::move(at)) {}

  creature::behavior_type make_behavior() {
    ask_to_meet();
    return {[this](meet_atom, int other, const caf::strong_actor_ptr& from) {
              color = color == other ? color : 3 - color - other;
              ++meetings;
              self->mail(change_atom_v, color).send(caf::actor_cast<creature>(from));
              ask_to_meet();
            },
            [this](change_atom, int to) {
              color = to;
              ++meetings;
              ask_to_meet();
            },
            [this](end_atom) {
              self->mail(done_atom_v, meetings).send(place);
              self->quit();
            }};
  }
  void ask_to_meet() {
    self->mail(meet_atom_v, color, caf::actor_cast<caf::strong_actor_ptr>(self)).send(place);
  }

  creature::pointer self;
  int color;
  mall place;
  number meetings = 0;
};

struct mall_state {
  mall_state(mall::pointer owner, number creatures, number meetings, rival::outcome* result)
      : self(owner), living(creatures), left(meetings), end(result) {}

  mall::behavior_type make_behavior() {
    for (number each = 0; each < living; ++each) {
      self->spawn(caf::actor_from_state<creature_state>, static_cast<int>(each % 3), mall(self));
    }
    return {[this](meet_atom, int color, const caf::strong_actor_ptr& from) {
              if (left == 0) {
                self->mail(end_atom_v).send(caf::actor_cast<creature>(from));
              } else if (waiting) {
                self->mail(meet_atom_v, color, from).send(waiting);
                waiting = nullptr;
                --left;
              } else {
                waiting = caf::actor_cast<creature>(from);
              }
            },
            [this](done_atom, number meetings) {
              met += meetings;
              if (--living == 0) {
                end->set(met);
                self->quit();
              }
            }};
  }

  mall::pointer self;
  number living;
  number left;
  rival::outcome* end;
  creature waiting;
  number met = 0;
};

double chameneos(const rival::rows& rows) {
  const number meetings = rows.size(200'000, 200);
  rival::outcome end;
  system_of with(rows);
  const rival::stopwatch all_told;
  with.system.spawn(caf::actor_from_state<mall_state>, rows.size(100, 10), meetings, &end);
  rival::require(end.get() == 2 * meetings, "a meeting is missing");
  return all_told.milliseconds();
}

// All ping each other, at random.
using sink = typed<caf::result<void>(done_atom), caf::result<void>(done_atom, number)>;
using member = typed<caf::result<back_atom>(hit_atom), caf::result<void>(back_atom),
                     caf::result<void>(go_atom), caf::result<void>(end_atom)>;
using members = std::vector<member>;

struct member_state {
  member_state(member::pointer owner, unsigned seed, number pings, sink target, const members* of)
      : self(owner), random(seed), left(pings), to(std::move(target)), all(of) {}

  member::behavior_type make_behavior() {
    return {[this](hit_atom) {
              ++handled;
              return back_atom_v;
            },
            [this](back_atom) {
              if (left > 0) {
                ping();
              } else {
                self->mail(done_atom_v).send(to);
              }
            },
            [this](go_atom) { ping(); },
            [this](end_atom) {
              self->mail(done_atom_v, handled).send(to);
              self->quit();
            }};
  }
  void ping() {
    --left;
    self->mail(hit_atom_v).send((*all)[random() % all->size()]);
  }

  member::pointer self;
  std::minstd_rand random;
  number left;
  sink to;
  const members* all;
  number handled = 0;
};

struct sink_state {
  sink_state(sink::pointer owner, const members* of, rival::outcome* result)
      : self(owner), all(of), end(result) {}

  sink::behavior_type make_behavior() {
    return {[this](done_atom) {
              if (++finished == all->size()) {
                for (const auto& each : *all) {
                  self->mail(end_atom_v).send(each);
                }
              }
            },
            [this](done_atom, number handled) {
              pings += handled;
              if (++ended == all->size()) {
                end->set(pings);
              }
            }};
  }

  sink::pointer self;
  const members* all;
  rival::outcome* end;
  std::size_t finished = 0;
  std::size_t ended = 0;
  number pings = 0;
};

double big(const rival::rows& rows) {
  const number count = rows.size(120, 10);
  const number pings = rows.size(10'000, 20);
  rival::outcome end;
  members all;
  system_of with(rows);
  const rival::stopwatch all_told;
  const auto to = with.system.spawn(caf::actor_from_state<sink_state>, &all, &end);
  for (number each = 0; each < count; ++each) {
    all.push_back(with.system.spawn(caf::actor_from_state<member_state>,
                                    static_cast<unsigned>(each + 1), pings, to, &all));
  }
  for (const auto& each : all) {
    caf::anon_mail(go_atom_v).send(each);
  }
  rival::require(end.get() == count * pings, "a ping is missing");
  return all_told.milliseconds();
}

// Transfers between accounts, each of which waits for the other in its handler.
using teller = typed<caf::result<void>(go_atom), caf::result<void>(done_atom),
                     caf::result<void>(done_atom, number)>;
using account = typed<caf::result<number>(debit_atom, number),
                      caf::result<void>(credit_atom, number, caf::strong_actor_ptr),
                      caf::result<void>(end_atom)>;
constexpr number first_balance = 1'000'000;

struct account_state {
  account_state(account::pointer owner, teller at) : self(owner), bank(std::move(at)) {}

  account::behavior_type make_behavior() {
    return {[this](debit_atom, number cents) {
              balance += cents;
              return cents;
            },
            [this](credit_atom, number cents, const caf::strong_actor_ptr& to) {
              balance -= cents;
              self->mail(debit_atom_v, cents)
                  .request(caf::actor_cast<account>(to), caf::infinite)
                  .await([this, cents](number taken) {
                    rival::require(taken == cents, "a debit is wrong");
                    self->mail(done_atom_v).send(bank);
                  });
            },
            [this](end_atom) {
              self->mail(done_atom_v, balance).send(bank);
              self->quit();
            }};
  }

  account::pointer self;
  teller bank;
  number balance = first_balance;
};

struct teller_state {
  teller_state(teller::pointer owner, number count, number transactions, rival::outcome* result)
      : self(owner), size(count), left(transactions), end(result) {}

  teller::behavior_type make_behavior() {
    return {[this](go_atom) { start(); },
            [this](done_atom) {
              if (--left == 0) {
                for (const auto& each : accounts) {
                  self->mail(end_atom_v).send(each);
                }
              }
            },
            [this](done_atom, number part) {
              balance += part;
              if (++closed == size) {
                end->set(balance);
                self->quit();
              }
            }};
  }
  // Money goes to a later account only, so that no two wait for each other.
  void start() {
    for (number each = 0; each < size; ++each) {
      accounts.push_back(self->spawn(caf::actor_from_state<account_state>, teller(self)));
    }
    std::minstd_rand random(1);
    const std::size_t sources = accounts.size() / 10 * 8;
    for (number each = 0; each < left; ++each) {
      const std::size_t from = random() % sources;
      const std::size_t to = from + 1 + random() % (accounts.size() - from - 1);
      const auto cents = static_cast<number>(random() % 1'000);
      self->mail(credit_atom_v, cents, caf::actor_cast<caf::strong_actor_ptr>(accounts[to]))
          .send(accounts[from]);
    }
  }

  teller::pointer self;
  number size;
  number left;
  rival::outcome* end;
  std::vector<account> accounts;
  number closed = 0;
  number balance = 0;
};

double bank_transaction(const rival::rows& rows) {
  const number accounts = rows.size(1'000, 20);
  const number transactions = rows.size(50'000, 100);
  rival::outcome end;
  system_of with(rows);
  const auto root =
      with.system.spawn(caf::actor_from_state<teller_state>, accounts, transactions, &end);
  const rival::stopwatch all_told;
  caf::anon_mail(go_atom_v).send(root);
  rival::require(end.get() == accounts * first_balance, "money is lost or made");
  return all_told.milliseconds();
}

}  // namespace

void take_programs(const rival::rows& rows) {
  rows.take_whole("skynet", [&] { return skynet(rows); });
  rows.take_whole("fork_join_throughput", [&] { return fork_join_throughput(rows); });
  rows.take_whole("chameneos", [&] { return chameneos(rows); });
  rows.take_whole("big", [&] { return big(rows); });
  rows.take_whole("bank_transaction", [&] { return bank_transaction(rows); });
}
