// Programs of Savina for SObjectizer, as casty's are.
#include <cmath>
#include <random>

#include "rivals/sobjectizer/support.hpp"

namespace {

using number = std::int64_t;

struct Sum {
  number value;
};

// A tree whose million leaves send their numbers up; the children of a node end together.
class node final : public so_5::agent_t {
 public:
  node(context_t ctx, so_5::disp_binder_shptr_t binder, so_5::mbox_t parent, number first,
       number leaves, rival::outcome* result)
      : agent_t(std::move(ctx)),
        binder_(std::move(binder)),
        parent_(std::move(parent)),
        first_(first),
        leaves_(leaves),
        end_(result) {}

  void so_define_agent() override {
    if (leaves_ > 1) {
      so_subscribe_self().event([this](so_5::mhood_t<Sum> m) {
        sum_ += m->value;
        if (--left_ == 0) {
          so_environment().deregister_coop(children_, so_5::dereg_reason::normal);
          give(sum_);
        }
      });
    }
  }
  void so_evt_start() override {
    if (leaves_ == 1) {
      give(first_);
      return;
    }
    so_5::introduce_child_coop(*this, binder_, [this](so_5::coop_t& coop) {
      children_ = coop.handle();
      coop.reserve(10);
      const number each = leaves_ / 10;
      for (number child = 0; child < 10; ++child) {
        coop.make_agent<node>(binder_, so_direct_mbox(), first_ + child * each, each, end_);
      }
    });
  }

 private:
  void give(number value) {
    if (parent_) {
      so_5::send<Sum>(parent_, value);
    } else {
      end_->set(value);
    }
  }

  so_5::disp_binder_shptr_t binder_;
  so_5::mbox_t parent_;
  number first_;
  number leaves_;
  rival::outcome* end_;
  so_5::coop_handle_t children_;
  number left_ = 10;
  number sum_ = 0;
};

double skynet(const rival::rows& rows) {
  const number leaves = rows.size(1'000'000, 1'000);
  rival::outcome end;
  environment_of with(rows);
  const rival::stopwatch all_told;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    coop.make_agent<node>(with.binder, so_5::mbox_t{}, number{0}, leaves, &end);
  });
  rival::require(end.get() == leaves * (leaves - 1) / 2, "a leaf is missing");
  return all_told.milliseconds();
}

struct Angle {
  double of;
};
struct Part {
  double sum;
};
struct Go final : so_5::signal_t {};

class worker final : public so_5::agent_t {
 public:
  worker(context_t ctx, number messages, so_5::mbox_t target)
      : agent_t(std::move(ctx)), left_(messages), to_(std::move(target)) {}

  void so_define_agent() override {
    so_subscribe_self().event([this](so_5::mhood_t<Angle> m) {
      const double sine = std::sin(m->of);
      sum_ += sine * sine;
      if (--left_ == 0) {
        so_5::send<Part>(to_, sum_);
        so_deregister_agent_coop_normally();
      }
    });
  }

 private:
  number left_;
  so_5::mbox_t to_;
  double sum_ = 0;
};

// Sixty agents that take messages in turn.
class joiner final : public so_5::agent_t {
 public:
  joiner(context_t ctx, so_5::disp_binder_shptr_t binder, number actors, number messages,
         rival::outcome* result)
      : agent_t(std::move(ctx)),
        binder_(std::move(binder)),
        actors_(actors),
        messages_(messages),
        end_(result) {}

  void so_define_agent() override {
    so_subscribe_self()
        .event([this](so_5::mhood_t<Go>) {
          std::vector<so_5::mbox_t> all;
          for (number each = 0; each < actors_; ++each) {
            so_5::introduce_child_coop(*this, binder_, [&](so_5::coop_t& coop) {
              all.push_back(coop.make_agent<worker>(messages_, so_direct_mbox())->so_direct_mbox());
            });
          }
          for (number each = 0; each < messages_; ++each) {
            for (const auto& to : all) {
              so_5::send<Angle>(to, 37.2);
            }
          }
        })
        .event([this](so_5::mhood_t<Part> m) {
          sum_ += m->sum;
          if (++joined_ == actors_) {
            end_->set(std::llround(sum_));
          }
        });
  }

 private:
  so_5::disp_binder_shptr_t binder_;
  number actors_;
  number messages_;
  rival::outcome* end_;
  number joined_ = 0;
  double sum_ = 0;
};

double fork_join_throughput(const rival::rows& rows) {
  const number actors = rows.size(60, 4);
  const number messages = rows.size(10'000, 100);
  const double expected = static_cast<double>(actors * messages) * std::sin(37.2) * std::sin(37.2);
  rival::outcome end;
  environment_of with(rows);
  so_5::mbox_t root;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    root = coop.make_agent<joiner>(with.binder, actors, messages, &end)->so_direct_mbox();
  });
  const rival::stopwatch all_told;
  so_5::send<Go>(root);
  rival::require(end.get() == std::llround(expected), "a message is missing");
  return all_told.milliseconds();
}

struct Meet {
  int color;
  so_5::mbox_t from;
};
struct Change {
  int to;
};
struct Exit final : so_5::signal_t {};
struct Faded {
  number meetings;
};

class creature final : public so_5::agent_t {
 public:
  creature(context_t ctx, int first, so_5::mbox_t place)
      : agent_t(std::move(ctx)), color_(first), place_(std::move(place)) {}

  void so_define_agent() override {
    so_subscribe_self()
        .event([this](so_5::mhood_t<Meet> m) {
          color_ = color_ == m->color ? color_ : 3 - color_ - m->color;
          ++meetings_;
          so_5::send<Change>(m->from, color_);
          ask_to_meet();
        })
        .event([this](so_5::mhood_t<Change> m) {
          color_ = m->to;
          ++meetings_;
          ask_to_meet();
        })
        .event([this](so_5::mhood_t<Exit>) { so_5::send<Faded>(place_, meetings_); });
  }
  void so_evt_start() override { ask_to_meet(); }

 private:
  void ask_to_meet() { so_5::send<Meet>(place_, color_, so_direct_mbox()); }

  int color_;
  so_5::mbox_t place_;
  number meetings_ = 0;
};

class mall final : public so_5::agent_t {
 public:
  mall(context_t ctx, so_5::disp_binder_shptr_t binder, number creatures, number meetings,
       rival::outcome* result)
      : agent_t(std::move(ctx)),
        binder_(std::move(binder)),
        living_(creatures),
        left_(meetings),
        end_(result) {}

  void so_define_agent() override {
    so_subscribe_self()
        .event([this](so_5::mhood_t<Meet> m) {
          if (left_ == 0) {
            so_5::send<Exit>(m->from);
          } else if (waiting_) {
            so_5::send(waiting_, m.make_holder());  // forwarded, not copied
            waiting_.reset();
            --left_;
          } else {
            waiting_ = m->from;
          }
        })
        .event([this](so_5::mhood_t<Faded> m) {
          met_ += m->meetings;
          if (--living_ == 0) {
            end_->set(met_);
          }
        });
  }
  void so_evt_start() override {
    so_5::introduce_child_coop(*this, binder_, [this](so_5::coop_t& coop) {
      for (number each = 0; each < living_; ++each) {
        coop.make_agent<creature>(static_cast<int>(each % 3), so_direct_mbox());
      }
    });
  }

 private:
  so_5::disp_binder_shptr_t binder_;
  number living_;
  number left_;
  rival::outcome* end_;
  so_5::mbox_t waiting_;
  number met_ = 0;
};

double chameneos(const rival::rows& rows) {
  const number meetings = rows.size(200'000, 200);
  rival::outcome end;
  environment_of with(rows);
  const rival::stopwatch all_told;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    coop.make_agent<mall>(with.binder, rows.size(100, 10), meetings, &end);
  });
  rival::require(end.get() == 2 * meetings, "a meeting is missing");
  return all_told.milliseconds();
}

struct Ping {
  so_5::mbox_t from;
};
struct Pong final : so_5::signal_t {};
struct Finished final : so_5::signal_t {};
struct Handled {
  number pings;
};
using mboxes = std::vector<so_5::mbox_t>;

// All ping each other, at random.
class member final : public so_5::agent_t {
 public:
  member(context_t ctx, unsigned seed, number pings, so_5::mbox_t sink, const mboxes* all)
      : agent_t(std::move(ctx)), random_(seed), left_(pings), sink_(std::move(sink)), all_(all) {}

  void so_define_agent() override {
    so_subscribe_self()
        .event([this](so_5::mhood_t<Ping> m) {
          ++handled_;
          so_5::send<Pong>(m->from);
        })
        .event([this](so_5::mhood_t<Pong>) {
          if (left_ > 0) {
            ping();
          } else {
            so_5::send<Finished>(sink_);
          }
        })
        .event([this](so_5::mhood_t<Go>) { ping(); })
        .event([this](so_5::mhood_t<Exit>) { so_5::send<Handled>(sink_, handled_); });
  }

 private:
  void ping() {
    --left_;
    so_5::send<Ping>((*all_)[random_() % all_->size()], so_direct_mbox());
  }

  std::minstd_rand random_;
  number left_;
  so_5::mbox_t sink_;
  const mboxes* all_;
  number handled_ = 0;
};

class sink final : public so_5::agent_t {
 public:
  sink(context_t ctx, const mboxes* all, rival::outcome* result)
      : agent_t(std::move(ctx)), all_(all), end_(result) {}

  void so_define_agent() override {
    so_subscribe_self()
        .event([this](so_5::mhood_t<Finished>) {
          if (++finished_ == all_->size()) {
            for (const auto& each : *all_) {
              so_5::send<Exit>(each);
            }
          }
        })
        .event([this](so_5::mhood_t<Handled> m) {
          pings_ += m->pings;
          if (++ended_ == all_->size()) {
            end_->set(pings_);
          }
        });
  }

 private:
  const mboxes* all_;
  rival::outcome* end_;
  std::size_t finished_ = 0;
  std::size_t ended_ = 0;
  number pings_ = 0;
};

double big(const rival::rows& rows) {
  const number count = rows.size(120, 10);
  const number pings = rows.size(10'000, 20);
  rival::outcome end;
  mboxes all;
  environment_of with(rows);
  const rival::stopwatch all_told;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    const auto to = coop.make_agent<sink>(&all, &end)->so_direct_mbox();
    for (number each = 0; each < count; ++each) {
      all.push_back(coop.make_agent<member>(static_cast<unsigned>(each + 1), pings, to, &all)
                        ->so_direct_mbox());
    }
  });
  for (const auto& each : all) {
    so_5::send<Go>(each);
  }
  rival::require(end.get() == count * pings, "a ping is missing");
  return all_told.milliseconds();
}

}  // namespace

void take_programs(const rival::rows& rows) {
  rows.take_whole("skynet", [&] { return skynet(rows); });
  rows.take_whole("fork_join_throughput", [&] { return fork_join_throughput(rows); });
  rows.take_whole("chameneos", [&] { return chameneos(rows); });
  rows.take_whole("big", [&] { return big(rows); });
}
