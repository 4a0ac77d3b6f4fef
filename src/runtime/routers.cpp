#include "casty/runtime/routers.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "casty/runtime/context.hpp"
#include "runtime/engine.hpp"
#include "runtime/room.hpp"
#include "runtime/rerouting.hpp"

namespace casty::detail {

namespace {

struct routee {
  target to;
  std::uint64_t id;  // to a consistent hash
};

struct routee_ended {
  target which;
};

// Of how many routees the least loaded is taken. Looking at all would make a message cost more
// the larger the pool; a few choices balance nearly as well (Mitzenmacher 2001, "The power of
// two choices in randomized load balancing").
constexpr std::size_t choices = 16;

// The finalizer of Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators".
std::uint64_t mix(std::uint64_t word) noexcept {
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBU;
  return word ^ (word >> 31);
}

constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;

// The state of a router. Threads: that of its actor's worker.
class router {
 public:
  router(cell* self, const routing_plan& plan, shared<key_record> of_group)
      : self_(self), plan_(plan), group_(std::move(of_group)) {
    listed_ = group_.get() == nullptr;
    if (plan.kind == routing_kind::random) {
      chance_ = worker::current()->system.on.random->next();
    }
  }
  router(const router&) = delete;
  router& operator=(const router&) = delete;
  ~router();

  void add(const target& to, std::uint64_t id) { routees_.push_back({to, id}); }
  void remove(const target& gone) noexcept {
    std::erase_if(routees_, [&](const routee& each) { return each.to == gone; });
  }
  [[nodiscard]] bool empty() const noexcept { return routees_.empty(); }
  void show(const snapshot* shown);
  // What came before the first listing.
  [[nodiscard]] envelope_queue& held() noexcept { return held_; }

  void pass_on(worker& here, envelope* sealed);

 private:
  enum class fate : std::uint8_t { sent, full, gone };

  [[nodiscard]] static bool lives(const worker& here, const target& to) noexcept;
  [[nodiscard]] static fate offer(worker& here, envelope* sealed, const target& to) noexcept;
  [[nodiscard]] std::size_t first_choice(const worker& here) noexcept;
  [[nodiscard]] std::size_t least_loaded(const worker& here) noexcept;
  [[nodiscard]] const routee* bearer_of(const worker& here, std::uint64_t key) const noexcept;
  [[nodiscard]] fate pass_to_one(worker& here, envelope* sealed);
  void pass_to_all(worker& here, envelope* sealed, copy_function copy);
  void drop(worker& here, envelope* sealed, fate why) noexcept;

  cell* self_;
  routing_plan plan_;
  shared<key_record> group_;
  std::vector<routee> routees_;
  envelope_queue held_;  // until the first listing
  std::uint64_t chance_ = 0;
  std::size_t turn_ = 0;
  bool listed_;
  bool complained_ = false;
};

router::~router() {
  worker& here = *worker::current();
  for (const routee& each : routees_) {
    unwatch(self_, each.to);  // what is under way would find another behavior
  }
  while (!held_.empty()) {
    ++here.arrived;
    here.bury(held_.pop(), dead_letter_reason::stopped);
  }
}

// Its incarnation, and as far as it can be seen from here, that it takes messages.
bool router::lives(const worker& here, const target& to) noexcept {
  return load(to.actor->generation) == to.generation &&
         (load(to.actor->owner) != here.entry || (to.actor->flags & ending) == 0);
}

router::fate router::offer(worker& here, envelope* sealed, const target& to) noexcept {
  if (!lives(here, to)) {
    return fate::gone;
  }
  const bool may_be_full = (to.table & may_refuse) != 0;
  if (may_be_full && !reserve_room(to)) {
    return fate::full;
  }
  sealed->flags = may_be_full ? envelope::has_room : 0;
  sealed->tag = to.table == 0 ? sealed->tag : translate(to.table, sealed->tag);
  sealed->actor = to.actor;
  sealed->generation = to.generation;
  post(sealed);
  return fate::sent;
}

std::size_t router::least_loaded(const worker& here) noexcept {
  const std::size_t first = turn_;
  std::size_t best = first % routees_.size();
  std::uint64_t least = UINT64_MAX;
  for (std::size_t each = 0; each < std::min(choices, routees_.size()); ++each) {
    const std::size_t at = (first + each) % routees_.size();
    const target& to = routees_[at].to;
    const std::uint64_t load = lives(here, to) ? waiting_at(here, to) : UINT64_MAX;
    if (load < least) {
      least = load;
      best = at;
    }
  }
  turn_ = best + 1;  // in turn among equals: from there on, not from one further than before
  return best;
}

std::size_t router::first_choice(const worker& here) noexcept {
  switch (plan_.kind) {
    case routing_kind::random:
      return mix(chance_ += golden) % routees_.size();
    case routing_kind::least_loaded:
      return least_loaded(here);
    default:
      return turn_++ % routees_.size();
  }
}

const routee* router::bearer_of(const worker& here, std::uint64_t key) const noexcept {
  const routee* bearer = nullptr;
  std::uint64_t highest = 0;
  for (const routee& each : routees_) {
    const std::uint64_t weight = mix(key ^ each.id);
    if ((bearer == nullptr || weight > highest) && lives(here, each.to)) {
      bearer = &each;
      highest = weight;
    }
  }
  return bearer;
}

router::fate router::pass_to_one(worker& here, envelope* sealed) {
  if (routees_.empty()) {
    return fate::gone;
  }
  if (plan_.kind == routing_kind::consistent_hash) {
    const routee* bearer = bearer_of(here, plan_.key(sealed));
    return bearer == nullptr ? fate::gone : offer(here, sealed, bearer->to);
  }
  const std::size_t first = first_choice(here);
  fate worst = fate::gone;
  for (std::size_t each = 0; each < routees_.size(); ++each) {
    const fate made = offer(here, sealed, routees_[(first + each) % routees_.size()].to);
    if (made == fate::sent) {
      return made;
    }
    worst = made == fate::full ? made : worst;
  }
  return worst;
}

void router::pass_to_all(worker& here, envelope* sealed, copy_function copy) {
  const routee* last = nullptr;  // gets the original
  for (const routee& each : routees_) {
    if (lives(here, each.to)) {
      if (last != nullptr) {
        envelope* made = copy(sealed);
        const fate came = offer(here, made, last->to);
        if (came != fate::sent) {
          drop(here, made, came);
        }
      }
      last = &each;
    }
  }
  const fate came = last == nullptr ? fate::gone : offer(here, sealed, last->to);
  if (came != fate::sent) {
    drop(here, sealed, came);
  }
}

void router::pass_on(worker& here, envelope* sealed) {
  if (!listed_) {
    held_.push(sealed);
  } else if (plan_.copies != nullptr && plan_.copies[sealed->tag] != nullptr) {
    pass_to_all(here, sealed, plan_.copies[sealed->tag]);
  } else if (const fate came = pass_to_one(here, sealed); came != fate::sent) {
    drop(here, sealed, came);
  }
}

// It was handled here, and sent on to nobody.
void router::drop(worker& here, envelope* sealed, fate why) noexcept {
  ++here.arrived;
  here.bury(sealed, why == fate::full ? dead_letter_reason::overflow
                                      : dead_letter_reason::no_such_actor);
  if (group_.get() != nullptr && routees_.empty() && !complained_) {
    complained_ = true;
    here.system.log.write(log_level::warning,
                          "no actor is registered for a group; its messages are dead letters",
                          {{"key", name_of(group_.get())}}, any_ref(target_of(self_)).path());
  }
}

void router::show(const snapshot* shown) {
  routees_.clear();
  const target self = target_of(self_);
  for (std::uint32_t each = 0; each < size_of(shown); ++each) {
    if (entry_of(shown, each) != self) {  // not round in circles
      add(entry_of(shown, each), id_of(shown, each));
    }
  }
  complained_ = complained_ && routees_.empty();
  listed_ = true;
}

// How the slot of an actor holds its router.
struct router_holder {
  router* held;
};

router& router_in(void* slot) noexcept { return *kept<router_holder>::in(slot).held; }

void put(behavior_base& inner, std::unique_ptr<router> made, const routing_plan& how) {
  inner = behavior_access::make<protocol<>, router_holder>(*how.serves, made.get());
  (void)made.release();
}

void enter_pool(cell* self, void* slot, behavior_base& inner) {
  const auto& plan = kept<pool_plan>::in(slot);
  auto made = std::make_unique<router>(self, plan.how, shared<key_record>(nullptr));
  for (unsigned each = 0; each < plan.size; ++each) {
    const target child = spawn_child(self, plan.make(each), {}, plan.routees);
    if (plan.how.kind == routing_kind::least_loaded &&
        load(child.actor->owner) == load(self->owner)) {
      count_waiting(child.actor);
    }
    made->add(child, mix(each + golden));
    envelope* end = seal_with<routee_ended>(
        target_of(self), static_cast<std::uint16_t>(plan.how.messages),
        [&](void* at) { ::new (at) routee_ended{child}; });
    watch(self, child, end, nullptr);
  }
  put(inner, std::move(made), plan.how);
}

void tell_group(const target& to, const shared<snapshot>& shown) {
  post(make_order<rerouted>(order::reroute, to, shown));
}

void enter_group(cell* self, void* slot, behavior_base& inner) {
  const auto& plan = kept<group_plan>::in(slot);
  put(inner, std::make_unique<router>(self, plan.how, plan.key), plan.how);
  subscribe_service(&worker::current()->system, plan.key, target_of(self), &tell_group);
}

constexpr layer_operations pools{&enter_pool, nullptr, nullptr, nullptr, true};
constexpr layer_operations groups{&enter_group, nullptr, nullptr, nullptr, true};

}  // namespace

constexpr behavior_operations pool_plan::operations = kept<pool_plan>::operations(&pools);
constexpr behavior_operations group_plan::operations = kept<group_plan>::operations(&groups);

void check_pool(unsigned size, const behavior_base* routee) {
  if (size == 0) {
    throw error(errc::bad_argument, "a pool of no routees");
  }
  if (routee != nullptr && !is_copyable(*routee)) {
    throw error(errc::not_copyable,
                "pool: each routee is a copy; give a factory by index for what has none");
  }
}

step route(cell*, void* slot, envelope* sealed) {
  router_in(slot).pass_on(*worker::current(), sealed);
  return step::forwarded;
}

step lose_routee(cell*, void* slot, envelope* sealed) {
  router& its = router_in(slot);
  its.remove(message_in<routee_ended>(sealed).which);
  return its.empty() ? step::stopped : step::same;
}

void destroy_router(void* slot) noexcept { delete kept<router_holder>::in(slot).held; }

void reroute(worker& here, cell* actor, shared<snapshot> shown) {
  if (actor->operations == nullptr || actor->operations->destroy != &destroy_router ||
      (actor->flags & ending) != 0) {
    return;
  }
  router& its = router_in(actor->slot);
  its.show(shown.get());
  if (!its.held().empty()) {
    here.arrived += its.held().size();
    if (here.running == actor) {
      // Within its turn: what is left of that comes after them.
      extension_of(actor).unstashed.append(its.held());
      actor->flags |= yielding;
      return;
    }
    actor->mail.prepend(its.held());
    if ((actor->flags & busy) == 0) {
      here.schedule(actor);
    }
  }
}

std::uint64_t hash_of(std::uint64_t number) noexcept { return mix(number + golden); }

// Fowler, Noll & Vo's FNV-1a, then mixed: its upper bits alone are poor.
std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
  }
  return mix(hash);
}

}  // namespace casty::detail
