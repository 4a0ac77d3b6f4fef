// Agents of SObjectizer that begin and end, each in a cooperation of its own.
#include "rivals/sobjectizer/support.hpp"

namespace {

using number = std::int64_t;

struct Begin {
  number count;
};
struct Get {
  so_5::mbox_t reply;
};
struct Answer {
  number value;
};

// Keeps sixteen bytes, and does nothing unless asked.
class idle final : public so_5::agent_t {
 public:
  idle(context_t ctx, number of) : agent_t(std::move(ctx)), first_(of) {}

  void so_define_agent() override {
    so_subscribe_self().event(
        [this](so_5::mhood_t<Get> m) { so_5::send<Answer>(m->reply, first_ + second_); });
  }

 private:
  number first_;
  number second_ = 0;
};

class spawner final : public so_5::agent_t {
 public:
  spawner(context_t ctx, so_5::disp_binder_shptr_t binder, rival::outcome* result)
      : agent_t(std::move(ctx)), binder_(std::move(binder)), end_(result) {}

  void so_define_agent() override {
    so_subscribe_self().event([this](so_5::mhood_t<Begin> m) {
      const rival::stopwatch all_told;
      for (number each = 0; each < m->count; ++each) {
        so_5::introduce_child_coop(*this, binder_, [&](so_5::coop_t& coop) {
          last = coop.make_agent<idle>(each)->so_direct_mbox();
        });
      }
      nanoseconds = all_told.nanoseconds() / static_cast<double>(m->count);
      end_->set(m->count);
    });
  }

  so_5::mbox_t last;
  double nanoseconds = 0;

 private:
  so_5::disp_binder_shptr_t binder_;
  rival::outcome* end_;
};

rival::spawning spawn_cold(const rival::rows& rows) {
  const number count = rows.size(1'000'000, 1'000);
  rival::outcome end;
  environment_of with(rows);
  spawner* root = nullptr;
  with.environment().introduce_coop(
      with.binder, [&](so_5::coop_t& coop) { root = coop.make_agent<spawner>(with.binder, &end); });
  const double before = rival::resident();
  so_5::send<Begin>(*root, count);
  rival::require(end.get() == count, "an agent is missing");
  // Each has had its first turn.
  const auto answers = so_5::create_mchain(with.environment());
  so_5::send<Get>(root->last, answers->as_mbox());
  number answer = -1;
  so_5::receive(so_5::from(answers).handle_n(1),
                [&](so_5::mhood_t<Answer> m) { answer = m->value; });
  rival::require(answer == count - 1, "the last is missing");
  return {root->nanoseconds, (rival::resident() - before) / static_cast<double>(count)};
}

struct Work {
  so_5::mbox_t from;
};
struct Finished final : so_5::signal_t {};

class child final : public so_5::agent_t {
 public:
  using agent_t::agent_t;

  void so_define_agent() override {
    so_subscribe_self().event([this](so_5::mhood_t<Work> m) {
      so_5::send<Finished>(m->from);
      so_deregister_agent_coop_normally();
    });
  }
};

// Spawns one after the other; each takes a message, answers, and ends.
class family final : public so_5::agent_t {
 public:
  family(context_t ctx, so_5::disp_binder_shptr_t binder, rival::outcome* result)
      : agent_t(std::move(ctx)), binder_(std::move(binder)), end_(result) {}

  void so_define_agent() override {
    so_subscribe_self()
        .event([this](so_5::mhood_t<Begin> m) {
          left_ = m->count;
          bear();
        })
        .event([this](so_5::mhood_t<Finished>) {
          ++ended_;
          if (--left_ > 0) {
            bear();
          } else {
            end_->set(ended_);
          }
        });
  }

 private:
  void bear() {
    so_5::mbox_t born;
    so_5::introduce_child_coop(*this, binder_, [&](so_5::coop_t& coop) {
      born = coop.make_agent<child>()->so_direct_mbox();
    });
    so_5::send<Work>(born, so_direct_mbox());
  }

  so_5::disp_binder_shptr_t binder_;
  rival::outcome* end_;
  number left_ = 0;
  number ended_ = 0;
};

double short_lives(const rival::rows& rows) {
  const number lives = rows.size(100'000, 1'000);
  rival::outcome end;
  environment_of with(rows);
  so_5::mbox_t root;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    root = coop.make_agent<family>(with.binder, &end)->so_direct_mbox();
  });
  const rival::stopwatch all_told;
  so_5::send<Begin>(root, lives);
  rival::require(end.get() == lives, "a life is missing");
  return all_told.milliseconds();
}

struct End final : so_5::signal_t {};

class watched final : public so_5::agent_t {
 public:
  using agent_t::agent_t;

  void so_define_agent() override {
    so_subscribe_self().event([this](so_5::mhood_t<End>) { so_deregister_agent_coop_normally(); });
  }
};

// Is told of the end of many, which it tells to end.
class watcher final : public so_5::agent_t {
 public:
  watcher(context_t ctx, so_5::disp_binder_shptr_t binder, rival::outcome* result)
      : agent_t(std::move(ctx)), binder_(std::move(binder)), end_(result) {}

  void so_define_agent() override {
    so_subscribe_self()
        .event([this](so_5::mhood_t<Begin> m) { prepare(m->count); })
        .event([this](so_5::mhood_t<End>) {
          for (const auto& each : all_) {
            so_5::send<End>(each);
          }
        })
        .event([this](so_5::mhood_t<so_5::msg_coop_deregistered>) {
          if (++told_ == static_cast<number>(all_.size())) {
            end_->set(told_);
          }
        });
  }

 private:
  void prepare(number count) {
    for (number each = 0; each < count; ++each) {
      so_environment().introduce_coop(binder_, [&](so_5::coop_t& coop) {
        all_.push_back(coop.make_agent<watched>()->so_direct_mbox());
        coop.add_dereg_notificator(so_5::make_coop_dereg_notificator(so_direct_mbox()));
      });
    }
    end_->set(count);
  }

  so_5::disp_binder_shptr_t binder_;
  rival::outcome* end_;
  std::vector<so_5::mbox_t> all_;
  number told_ = 0;
};

double watched_stops(const rival::rows& rows) {
  const number actors = rows.size(100'000, 1'000);
  rival::outcome end;
  environment_of with(rows);
  so_5::mbox_t root;
  with.environment().introduce_coop(with.binder, [&](so_5::coop_t& coop) {
    root = coop.make_agent<watcher>(with.binder, &end)->so_direct_mbox();
  });
  so_5::send<Begin>(root, actors);
  rival::require(end.get() == actors, "an agent is missing");
  const rival::stopwatch all_told;
  so_5::send<End>(root);
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
