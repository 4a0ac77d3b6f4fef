// What two processes cost CAF, over its io module, on the loopback.
#include <caf/io/middleman.hpp>

#include "rivals/caf/support.hpp"
#include "support/other_process.hpp"

namespace {

using number = std::int64_t;

// One that hands back what it gets, and one that counts what comes in order.
using wall =
    typed<caf::result<void>(number), caf::result<void>(item_atom, number),
          caf::result<void>(end_atom), caf::result<void>(next_atom, caf::strong_actor_ptr)>;
using player = typed<caf::result<void>(number)>;

struct wall_state {
  explicit wall_state(wall::pointer owner) : self(owner) {}

  wall::behavior_type make_behavior() {
    return {[this](number left) { self->mail(left).send(other); },
            [this](item_atom, number next) { come += next == come ? 1 : 0; },
            [this](end_atom) { self->mail(std::exchange(come, 0)).send(other); },
            [this](next_atom, const caf::strong_actor_ptr& given) {
              other = caf::actor_cast<player>(given);
            }};
  }

  wall::pointer self;
  player other;
  number come = 0;
};

player::behavior_type server(player::pointer self, const wall& other, rival::outcome* end) {
  return {[self, other, end](number left) {
    if (left == 0) {
      end->set(0);
    } else {
      self->mail(left - 1).send(other);
    }
  }};
}

player::behavior_type confirmed(player::pointer, rival::outcome* end) {
  return {[end](number come) { end->set(come); }};
}

using source = typed<caf::result<void>(go_atom, number, number)>;
source::behavior_type send(source::pointer self, const wall& to) {
  return {[self, to](go_atom, number next, number count) {
    constexpr number items_a_turn = 64;
    for (const number end = std::min(count, next + items_a_turn); next < end; ++next) {
      self->mail(item_atom_v, next).send(to);
    }
    if (next < count) {
      self->mail(go_atom_v, next, count).send(self);
    } else {
      self->mail(end_atom_v).send(to);
    }
  }};
}

struct far_system {
  explicit far_system(const rival::rows& rows) : system(configure(config, rows)) {}

  static caf::actor_system_config& configure(caf::actor_system_config& config,
                                             const rival::rows& rows) {
    config.load<caf::io::middleman>();
    config.set("caf.scheduler.max-threads", rows.workers());
    return config;
  }

  caf::actor_system_config config;
  caf::actor_system system;
};

void serve_there(const rival::rows& rows, const std::function<void(const std::string&)>& say) {
  static far_system there(rows);
  const auto made = there.system.spawn(caf::actor_from_state<wall_state>);
  const auto port = there.system.middleman().publish(made, 0, "127.0.0.1");
  rival::require(static_cast<bool>(port), "the other process cannot listen");
  say(std::to_string(*port));
}

void tell(const wall& far, const player& here) {
  caf::anon_mail(next_atom_v, caf::actor_cast<caf::strong_actor_ptr>(here)).send(far);
}

double ping_pong(far_system& with, const wall& far, number trips) {
  rival::outcome end;
  const auto here = with.system.spawn(server, far, &end);
  tell(far, here);
  const rival::stopwatch all_told;
  caf::anon_mail(trips).send(here);
  (void)end.get();
  const double spent = all_told.nanoseconds();
  caf::anon_send_exit(here, caf::exit_reason::user_shutdown);  // the other process holds it
  return spent / static_cast<double>(trips);
}

double one_way(far_system& with, const wall& far, number count) {
  rival::outcome end;
  const auto here = with.system.spawn(confirmed, &end);
  tell(far, here);
  const auto from = with.system.spawn(send, far);
  const rival::stopwatch all_told;
  caf::anon_mail(go_atom_v, number{0}, count).send(from);
  rival::require(end.get() == count, "a message is missing, or out of order");
  const double spent = all_told.nanoseconds();
  caf::anon_send_exit(here, caf::exit_reason::user_shutdown);
  return spent / static_cast<double>(count);
}

}  // namespace

void take_far(const rival::rows& rows) {
  const bench::other_process other([&](const auto& say) { serve_there(rows, say); });
  const auto port = static_cast<std::uint16_t>(std::stoi(other.hear()));
  // Its end would wait for the other process: it lasts as long as this one.
  far_system& with = *new far_system(rows);
  const auto far = with.system.middleman().remote_actor<wall>("127.0.0.1", port);
  rival::require(static_cast<bool>(far), "the other process does not answer");
  const std::string workers = "/workers:" + std::to_string(rows.workers());
  rows.take("remote_ping_pong" + workers, "ns",
            [&] { return ping_pong(with, *far, rows.size(10'000, 100)); });
  rows.take("remote_tell" + workers, "ns",
            [&] { return one_way(with, *far, rows.size(500'000, 1'000)); });
}
