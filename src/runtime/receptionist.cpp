#include "casty/runtime/receptionist.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "casty/runtime/context.hpp"
#include "casty/runtime/system.hpp"
#include "runtime/engine.hpp"
#include "runtime/rerouting.hpp"

namespace casty::detail {

struct key_record {
  mutable std::atomic<std::uint32_t> claims;
  const void* protocol;
  std::string name;
};

namespace {

struct entry {
  target actor;
  std::uint64_t id;
};

}  // namespace

struct snapshot {
  mutable std::atomic<std::uint32_t> claims;
  shared<key_record> key;
  std::vector<entry> entries;
};

void retain(const key_record* key) noexcept {
  key->claims.fetch_add(1, std::memory_order_relaxed);
}
void release(const key_record* key) noexcept {
  if (key->claims.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete key;
  }
}
const key_record* make_key(std::string_view name, const void* protocol) {
  return new key_record{{1}, protocol, std::string(name)};
}
std::string_view name_of(const key_record* key) noexcept { return key->name; }
bool are_same(const key_record* left, const key_record* right) noexcept {
  return left->protocol == right->protocol && left->name == right->name;
}

void retain(const snapshot* shown) noexcept {
  shown->claims.fetch_add(1, std::memory_order_relaxed);
}
void release(const snapshot* shown) noexcept {
  if (shown->claims.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete shown;
  }
}
const key_record* key_of(const snapshot* shown) noexcept { return shown->key.get(); }
std::uint32_t size_of(const snapshot* shown) noexcept {
  return static_cast<std::uint32_t>(shown->entries.size());
}
const target& entry_of(const snapshot* shown, std::uint32_t position) noexcept {
  return shown->entries[position].actor;
}
std::uint64_t id_of(const snapshot* shown, std::uint32_t position) noexcept {
  return shown->entries[position].id;
}

namespace {

// The right to answer a `find`; given up unused, the asker hears that there is no answer.
class asker {
 public:
  asker(ask_block* to, answer_listing how) noexcept : to_(to), how_(how) {}
  asker(asker&& other) noexcept : to_(std::exchange(other.to_, nullptr)), how_(other.how_) {}
  asker& operator=(asker&&) = delete;
  ~asker() {
    if (to_ != nullptr) {
      drop_claim(to_);
    }
  }
  void answer(const shared<snapshot>& shown) && { how_(std::exchange(to_, nullptr), shown); }

 private:
  ask_block* to_;
  answer_listing how_;
};

struct add_service {
  shared<key_record> key;
  target actor;
};
struct remove_service {
  shared<key_record> key;
  target actor;
};
struct add_subscriber {
  shared<key_record> key;
  target to;
  tell_listing tell;
};
struct remove_subscriber {
  shared<key_record> key;
  target to;
};
struct show_services {
  shared<key_record> key;
  asker from;
};
struct actor_ended {
  target which;
};
struct reception : protocol<add_service, remove_service, add_subscriber, remove_subscriber,
                            show_services, actor_ended> {};

struct key_hash {
  std::size_t operator()(const shared<key_record>& key) const noexcept {
    return std::hash<std::string_view>()(key.get()->name) ^
           std::hash<const void*>()(key.get()->protocol);
  }
};
struct same_key {
  bool operator()(const shared<key_record>& left, const shared<key_record>& right) const noexcept {
    return are_same(left.get(), right.get());
  }
};

struct subscriber_of_service {
  target to;
  tell_listing tell;
};

struct service {
  std::vector<entry> entries;
  std::vector<subscriber_of_service> subscribers;
  shared<snapshot> current{nullptr};  // null when it is to be made anew
  std::size_t mentions = 0;          // actors that came for this key and are not gone
};

using services = std::unordered_map<shared<key_record>, service, key_hash, same_key>;
using named_service = services::value_type;

identity identity_of(const target& actor) noexcept { return {actor.actor, actor.generation}; }

bool is_gone(const target& actor) noexcept {
  return load(actor.actor->generation) != actor.generation;
}

// All that the receptionist knows.
class register_of_services {
 public:
  void add(actor_context<reception>& ctx, const add_service& m);
  void remove(const remove_service& m);
  void add(actor_context<reception>& ctx, const add_subscriber& m);
  void remove(const remove_subscriber& m);
  void show(show_services&& m);
  void end(const target& which);

 private:
  named_service& known(const shared<key_record>& key) { return *all_.try_emplace(key).first; }
  void mention(actor_context<reception>& ctx, const target& actor, named_service& at);
  void forget_if_unused(named_service& at);
  [[nodiscard]] static const shared<snapshot>& snapshot_of(named_service& of);
  static void change(named_service& of);

  services all_;
  std::unordered_map<identity, std::vector<named_service*>, identity_hash> came_for_;
};

const shared<snapshot>& register_of_services::snapshot_of(named_service& of) {
  if (of.second.current.get() == nullptr) {
    of.second.current = shared<snapshot>(new snapshot{{1}, of.first, of.second.entries});
  }
  return of.second.current;
}

// At the end of a system all services go, and nobody wants to hear of each.
void register_of_services::change(named_service& of) {
  of.second.current = shared<snapshot>(nullptr);
  if (!worker::current()->system.terminated.load(std::memory_order_relaxed)) {
    for (const subscriber_of_service& each : of.second.subscribers) {
      each.tell(each.to, snapshot_of(of));
    }
  }
}

// An actor is watched from its first mention until its end, whatever it takes back.
void register_of_services::mention(actor_context<reception>& ctx, const target& actor,
                                   named_service& at) {
  const auto [found, is_new] = came_for_.try_emplace(identity_of(actor));
  if (std::find(found->second.begin(), found->second.end(), &at) == found->second.end()) {
    found->second.push_back(&at);
    ++at.second.mentions;
  }
  if (is_new) {
    ctx.watch_with(ref_access::make<protocol<>>(actor), actor_ended{actor});
  }
}

void register_of_services::forget_if_unused(named_service& at) {
  if (at.second.mentions == 0) {
    all_.erase(all_.find(at.first));  // not by a key that goes with it
  }
}

void register_of_services::add(actor_context<reception>& ctx, const add_service& m) {
  const auto is_there = [&](const entry& each) { return each.actor == m.actor; };
  if (is_gone(m.actor)) {
    return;
  }
  named_service& at = known(m.key);
  if (std::any_of(at.second.entries.begin(), at.second.entries.end(), is_there)) {
    return;
  }
  mention(ctx, m.actor, at);
  at.second.entries.push_back({m.actor, hash_of(any_ref(m.actor).path())});
  change(at);
}

void register_of_services::remove(const remove_service& m) {
  const auto found = all_.find(m.key);
  if (found != all_.end() && std::erase_if(found->second.entries, [&](const entry& each) {
        return each.actor == m.actor;
      }) != 0) {
    change(*found);
  }
}

void register_of_services::add(actor_context<reception>& ctx, const add_subscriber& m) {
  if (is_gone(m.to)) {
    return;
  }
  named_service& at = known(m.key);
  mention(ctx, m.to, at);
  std::erase_if(at.second.subscribers,
                [&](const subscriber_of_service& each) { return each.to == m.to; });
  at.second.subscribers.push_back({m.to, m.tell});
  m.tell(m.to, snapshot_of(at));
}

void register_of_services::remove(const remove_subscriber& m) {
  if (const auto found = all_.find(m.key); found != all_.end()) {
    std::erase_if(found->second.subscribers,
                  [&](const subscriber_of_service& each) { return each.to == m.to; });
  }
}

void register_of_services::show(show_services&& m) {
  named_service& at = known(m.key);
  std::move(m.from).answer(snapshot_of(at));
  forget_if_unused(at);
}

void register_of_services::end(const target& which) {
  const auto found = came_for_.find(identity_of(which));
  if (found == came_for_.end()) {
    return;
  }
  const std::vector<named_service*> its = std::move(found->second);
  came_for_.erase(found);
  for (named_service* each : its) {
    auto& [entries, subscribers, current, mentions] = each->second;
    std::erase_if(subscribers,
                  [&](const subscriber_of_service& one) { return one.to == which; });
    if (std::erase_if(entries, [&](const entry& one) { return one.actor == which; }) != 0) {
      change(*each);
    }
    --mentions;
    forget_if_unused(*each);
  }
}

// In a setup, so that its start is told in its own turn and not to whoever spawns it.
behavior<reception> receives() {
  using state = register_of_services;
  using context = actor_context<reception>;
  return behaviors::setup<reception>([](context&) {
    return behaviors::with_state<reception>(
        state{},
        [](context& ctx, state& all, const add_service& m) {
          all.add(ctx, m);
          return behaviors::same;
        },
        [](state& all, const remove_service& m) {
          all.remove(m);
          return behaviors::same;
        },
        [](context& ctx, state& all, const add_subscriber& m) {
          all.add(ctx, m);
          return behaviors::same;
        },
        [](state& all, const remove_subscriber& m) {
          all.remove(m);
          return behaviors::same;
        },
        [](state& all, show_services&& m) {
          all.show(std::move(m));
          return behaviors::same;
        },
        [](state& all, const actor_ended& m) {
          all.end(m.which);
          return behaviors::same;
        });
  });
}

// Under the guard nothing but the spawn happens, which calls nobody back.
actor_ref<reception> receptionist_of(engine* system) {
  const std::lock_guard lock(system->receptionist_guard);
  if (system->receptionist.actor == nullptr) {
    constexpr spawn_options own{.mailbox = {}, .dispatcher = dispatcher::shared};
    system->receptionist = spawn_top(system, receives(), {}, own);
  }
  return ref_access::make<reception>(system->receptionist);
}

}  // namespace

void register_service(engine* system, const shared<key_record>& key, const target& actor) {
  receptionist_of(system).tell<add_service>(key, actor);
}

void deregister_service(engine* system, const shared<key_record>& key, const target& actor) {
  receptionist_of(system).tell<remove_service>(key, actor);
}

void subscribe_service(engine* system, const shared<key_record>& key, const target& to,
                       tell_listing tell) {
  receptionist_of(system).tell<add_subscriber>(key, to, tell);
}

void unsubscribe_service(engine* system, const shared<key_record>& key, const target& to) {
  receptionist_of(system).tell<remove_subscriber>(key, to);
}

void find_services(engine* system, const shared<key_record>& key, ask_block* asked,
                   answer_listing answer) {
  asker from(asked, answer);
  receptionist_of(system).tell<show_services>(key, std::move(from));
}

}  // namespace casty::detail
