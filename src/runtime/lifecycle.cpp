// How actors begin and stop. An actor's children live on its worker, but for blocking ones.
#include <utility>

#include "casty/runtime/context.hpp"
#include "runtime/asking.hpp"
#include "runtime/configuring.hpp"
#include "runtime/effect_sink.hpp"
#include "runtime/engine.hpp"
#include "runtime/layers.hpp"
#include "runtime/room.hpp"
#include "runtime/senders.hpp"
#include "runtime/timers.hpp"
#include "runtime/watching.hpp"

namespace casty::detail {

namespace {

// Gives back what a spawn took, unless it succeeds.
struct unborn {
  explicit unborn(cell* made) noexcept : actor(made) {}
  unborn(const unborn&) = delete;
  unborn& operator=(const unborn&) = delete;
  ~unborn() {
    if (actor != nullptr) {
      free_bound(actor);
      delete actor->more;
      store(actor->generation, load(actor->generation) + 1);
      free_cell(actor);
    }
  }
  cell* actor;
};

// What is asked of a new actor.
struct birth {
  cell* parent;
  behavior_base& first;
  std::string_view name;
  const spawn_options& options;
};

// Numbers are taken by the worker in ranges, so that spawns on several do not meet.
[[nodiscard]] std::uint64_t next_number(engine& system) noexcept {
  worker* here = worker::current();
  if (here == nullptr || &here->system != &system) {
    return system.next_number.fetch_add(1, std::memory_order_relaxed);
  }
  return here->take_number();
}

cell* make_cell(engine& system, port* home, const birth& of) {
  const auto& [parent, first, name, options] = of;
  check_name(name);
  if (first.operations() == nullptr && first.as_outcome() != outcome::stopped) {
    throw error(errc::bad_behavior, "an actor cannot begin with same, unhandled or restart");
  }
  unborn made(allocate_cell());
  cell* actor = made.actor;
  __atomic_store_n(&actor->owner, home, __ATOMIC_RELEASE);
  __atomic_store_n(&actor->parent, parent, __ATOMIC_RELEASE);
  give_number(actor, next_number(system));
  if (options.mailbox.capacity != 0 && options.mailbox.capacity != mailbox::as_configured) {
    bind_mailbox(actor, options.mailbox);
  }
  const bool has_layers = layer_of(first) != nullptr;
  if (has_layers || !name.empty()) {
    (void)extension_of(actor);
  }
  if (!name.empty()) {
    const std::uint64_t above = parent == nullptr ? 0 : number_of(parent);
    path_text* path = parent == nullptr ? user_path() : path_of(target_of(parent));
    const any_ref keeps(target{}, path);
    actor->more->path = system.names.take(above, view(path), name, number_of(actor));
  }
  if (has_layers) {
    actor->more->initial.emplace(std::move(first));
    actor->more->begun = false;
    actor->flags |= starting;
  } else if (first.operations() == nullptr) {
    actor->flags |= stop_requested;
  } else {
    move_in(actor, first);
  }
  return std::exchange(made.actor, nullptr);
}

}  // namespace

void forget_unborn(cell* actor) noexcept {
  destroy_behavior(actor);
  auto* system = __atomic_load_n(&home_of(actor)->system, __ATOMIC_ACQUIRE);
  if (actor->more != nullptr && actor->more->path != nullptr && system != nullptr) {
    system->names.free(actor->parent == nullptr ? 0 : number_of(actor->parent),
                       number_of(actor));
    release(actor->more->path);
  }
  const unborn forgotten(actor);
}

namespace {

[[nodiscard]] bool wants_own_thread(const spawn_options& options) noexcept {
  return options.dispatcher == dispatcher::blocking;
}

[[nodiscard]] spawn_options settle(engine& system, behavior_base& first, std::string_view name,
                                   const spawn_options& asked) {
  return system.config.get() == nullptr ? asked : configure(system, first, name, asked);
}

// Makes an actor that another worker is told to adopt.
target send_off(engine& system, worker& home, const birth& of) {
  cell* actor = make_cell(system, home.entry, of);
  const target made = self_of(actor);
  actor->flags |= unadopted;
  engine::send_to(*home.entry, make_order<nothing>(order::adopt, target_of(actor)));
  return made;
}

[[nodiscard]] bool is_stopping_children(const cell* parent) noexcept {
  return (parent->flags & (stopping | restarting)) != 0;
}

}  // namespace

// What nothing is asked of but to serve messages: no name, no layers, no bound, no thread.
target worker::spawn_plain(cell* parent, behavior_base& first) {
  cell* actor = allocate_cell();
  __atomic_store_n(&actor->owner, entry, __ATOMIC_RELEASE);
  __atomic_store_n(&actor->parent, parent, __ATOMIC_RELEASE);
  give_number(actor, take_number());
  move_in(actor, first);
  if (parent->more == nullptr) [[unlikely]] {
    try {
      (void)extension_of(parent);
    } catch (...) {
      forget_unborn(actor);
      throw;
    }
  }
  ++parent->more->children;
  link_sibling(actor, parent->more->first_child);
  announce_start(actor);
  return {actor, load(actor->generation), 0};
}

target spawn_child(cell* parent, behavior_base&& first, std::string_view name,
                   const spawn_options& options) {
  worker& here = *worker::current();
  if (name.empty() && options.mailbox.capacity == mailbox::as_configured &&
      options.dispatcher == dispatcher::as_configured && first.operations() != nullptr &&
      layer_of(first) == nullptr && here.may_spawn_plain() && !is_stopping_children(parent)) {
    return here.spawn_plain(parent, first);
  }
  const spawn_options settled = settle(here.system, first, name, options);
  const birth asked{parent, first, name, settled};
  target far;
  if (wants_own_thread(settled) && !is_stopping_children(parent) &&
      here.system.on_own_thread([&](worker& own) {
        extension& more = extension_of(parent);
        more.far.reserve(more.far.size() + 1);
        far = send_off(here.system, own, asked);
        more.far.push_back(far);
        ++more.children;
      })) {
    return far;
  }
  cell* actor = make_cell(here.system, here.entry, asked);
  if (is_stopping_children(parent)) {
    actor->flags |= stop_requested;  // its siblings were told to stop already
  }
  here.adopt(actor);
  if (effect_sink* sink = sink_of(here.system, target_of(parent))) {
    sink->on_spawn(target_of(actor), name);
  }
  return self_of(actor);
}

namespace {

target spawn_on(engine& system, worker& home, const birth& asked) {
  if (worker::current() != &home) {
    return send_off(system, home, asked);
  }
  cell* actor = make_cell(system, home.entry, asked);
  home.adopt(actor);
  return self_of(actor);
}

}  // namespace

target spawn_top(engine* system, behavior_base&& first, std::string_view name,
                 const spawn_options& options) {
  if (system->terminated.load(std::memory_order_acquire)) {
    throw error(errc::system_terminated, "nothing is spawned any more");
  }
  const spawn_options settled = settle(*system, first, name, options);
  const birth asked{nullptr, first, name, settled};
  target made;
  if (wants_own_thread(settled) &&
      system->on_own_thread([&](worker& own) { made = send_off(*system, own, asked); })) {
    return made;
  }
  return spawn_on(*system, system->next_worker(), asked);
}

target spawn_first(engine* system, behavior_base&& first, const spawn_options& options) {
  if (system->terminated.load(std::memory_order_acquire)) {
    throw error(errc::system_terminated, "nothing is spawned any more");
  }
  const spawn_options settled = settle(*system, first, {}, options);
  return spawn_on(*system, *system->workers.front(), {nullptr, first, {}, settled});
}

void request_stop(const target& actor) noexcept {
  worker* here = worker::current();
  if (here != nullptr && here->running != nullptr && here->system.effects != nullptr) {
    if (effect_sink* sink = sink_of(here->system, target_of(here->running))) {
      sink->on_stop_of(actor);
    }
  }
  if (here != nullptr && here->entry == load(actor.actor->owner)) {
    if (load(actor.actor->generation) == actor.generation) {
      here->request_stop(actor.actor);
    }
    return;
  }
  post(make_order<nothing>(order::stop, actor));
}

void worker::adopt(cell* actor) noexcept {
  actor->flags &= static_cast<std::uint16_t>(~unadopted);
  link_child(actor);
  if (shutting_down) {
    actor->flags |= stop_requested;
  }
  if ((actor->flags & starting) == 0) {
    announce_start(actor);
  }
  if ((actor->flags & needs_attention) != 0 || !actor->mail.empty()) {
    schedule(actor);
  }
}

void worker::announce_start(cell* actor) noexcept {
  if (!system.events.empty()) {
    const actor_started event{any_ref(target_of(actor))};
    publish(&system, &event_key<actor_started>, &event);
  }
}

void worker::request_stop(cell* actor) noexcept {
  if ((actor->flags & (ending | gone)) != 0) {
    return;
  }
  actor->flags |= stop_requested;
  if (actor != running && (actor->flags & unadopted) == 0) {
    schedule(actor);
  }
}

void worker::begin(cell* actor) {
  actor->flags &= static_cast<std::uint16_t>(~starting);
  extension& more = *actor->more;
  more.base_open = true;
  behavior_base first = std::move(*more.initial);
  more.initial.reset();
  enter(actor, std::move(first), 0);
  more.base = more.layers;
  more.base_open = false;
  more.begun = true;
  announce_start(actor);
}

void worker::drop_waiting(cell* actor, dead_letter_reason reason) noexcept {
  if ((actor->flags & waiting) == 0) {
    return;
  }
  actor->flags &= static_cast<std::uint16_t>(~(waiting | resumable));
  extension& more = *actor->more;
  // The coroutine first: it refers to the closure and to the message.
  more.waiting.operations->destroy(more.waiting.task);
  more.resume.clear();
  bury(std::exchange(more.waiting, {}).sealed, reason);
}

void worker::drop_messages(cell* actor) noexcept {
  while (!actor->mail.empty()) {
    envelope* sealed = actor->mail.pop();
    address_to(actor, sealed);
    bury(sealed, dead_letter_reason::stopped);
  }
  if (actor->more == nullptr) {
    return;
  }
  while (!actor->more->unstashed.empty()) {
    bury(actor->more->unstashed.pop(), dead_letter_reason::stopped);
  }
  while (!actor->more->stash.empty()) {
    --stashed;
    bury(actor->more->stash.pop(), dead_letter_reason::stopped);
  }
}

// The same as the whole of `begin_stop` and `end_stop`, of an actor that has nothing but its
// behavior and its mailbox, while nobody listens.
void worker::end_plain(cell* actor) noexcept {
  const target was = target_of(actor);
  actor->flags |= stopping;
  if (!actor->mail.empty()) {
    drop_messages(actor);
  }
  destroy_behavior(actor);
  store(actor->generation, was.generation + 1);
  unlink_child(actor);
  actor->flags |= gone;
  tell_far_parent(actor, was);
}

bool worker::may_spawn_plain() const noexcept {
  return system.config.get() == nullptr && system.effects == nullptr && !shutting_down;
}

void worker::take_numbers() noexcept {
  // One by one where turns are chosen, so that runs are as they were.
  const std::uint64_t range = chooses_ ? 1 : 1024;
  next_number_ = system.next_number.fetch_add(range, std::memory_order_relaxed);
  last_number_ = next_number_ + range;
}

void worker::begin_stop(cell* actor) noexcept {
  if (actor->more == nullptr && system.effects == nullptr && system.events.empty()) {
    end_plain(actor);
    return;
  }
  actor->flags |= stopping;
  unbind_mailbox(*this, actor);
  drop_waiting(actor, dead_letter_reason::stopped);
  drop_messages(actor);
  if (actor->more != nullptr) {
    abandon_piped(actor);
    if (actor->more->children != 0) {
      stop_children(actor);
      return;
    }
  }
  end_stop(actor);
}

// Runs the hooks; false when they have spawned children, whose end is to be waited for.
bool worker::last_hooks(cell* actor) noexcept {
  for (bool ran = !system.is_killed; ran;) {
    try {
      ran = run_stop_hook(actor);
    } catch (...) {
      fail(actor, nullptr, std::current_exception());
    }
  }
  if (actor->more == nullptr) {
    return true;
  }
  cancel_timers(actor);
  abandon_piped(actor);
  // Timers have run out while it waited for its children, or hooks have piped or sent.
  drop_messages(actor);
  return actor->more->children == 0;
}

// Without a look at the table of names, which all share.
path_text* worker::path_at_end(const cell* actor) const {
  const extension* more = actor->more;
  if (more != nullptr && more->path != nullptr) {
    retain(more->path);
    return more->path;
  }
  cell* parent = actor->parent;
  if (parent == nullptr) {
    return make_numbered_path(user_path(), number_of(actor));
  }
  if (is_far(parent)) {
    return path_of(target_of(actor));
  }
  path_text*& above = parent->more->path != nullptr ? parent->more->path : parent->more->as_parent;
  if (above == nullptr) {
    above = path_of(target_of(parent));
  }
  retain(above);
  return make_numbered_path(above, number_of(actor));
}

// Afterwards refs to the actor lead nowhere; its name is free before anybody is told.
void worker::end_stop(cell* actor) noexcept {
  if (!last_hooks(actor)) {
    return;
  }
  const target was = target_of(actor);
  if (effect_sink* sink = sink_of(system, was)) {
    sink->on_end();
  }
  destroy_behavior(actor);
  const bool is_told =
      !system.events.empty() || (actor->more != nullptr && actor->more->watchers != nullptr);
  const any_ref ended = is_told ? any_ref(was, path_at_end(actor)) : any_ref(was);
  free_bound(actor);
  store(actor->generation, was.generation + 1);
  std::unique_ptr<extension> more(std::exchange(actor->more, nullptr));
  if (more != nullptr && more->path != nullptr) {
    system.names.free(actor->parent == nullptr ? 0 : number_of(actor->parent), number_of(actor));
    release(more->path);
  }
  unlink_child(actor);
  actor->flags |= gone;
  if (more != nullptr) {
    unwatch_all(*more);
    tell_watchers(*more, ended);
  }
  if (!system.events.empty()) {
    const actor_stopped event{ended};
    publish(&system, &event_key<actor_stopped>, &event);
  }
  tell_far_parent(actor, was);
}

// That of one that is lent hears of it last: see `release_cell`.
void worker::tell_far_parent(const cell* actor, const target& was) noexcept {
  if (actor->parent != nullptr && is_far(actor->parent) && (actor->flags & lent) == 0) {
    post(make_order<far_end>(order::child_ended, target_of(actor->parent), was));
  }
}

void worker::stop_children(cell* actor) noexcept {
  std::uint32_t next = actor->more->first_child;
  while (next != 0) {
    cell* child = cell_at(next);
    next = child->next_sibling;
    request_stop(child);
  }
  for (const std::vector<target>* all : {&actor->more->far, &actor->more->lent}) {
    for (const target& child : *all) {
      detail::request_stop(child);
    }
  }
}

bool worker::is_far(const cell* parent) const noexcept { return load(parent->owner) != entry; }

void worker::link_child(cell* child) noexcept {
  std::uint32_t* first = &first_top;
  if (child->parent != nullptr && !is_far(child->parent)) {
    extension& more = extension_of(child->parent);
    first = &more.first_child;
    ++more.children;
  }
  link_sibling(child, *first);
}

void worker::link_sibling(cell* child, std::uint32_t& first) noexcept {
  const std::uint32_t mine = cell_number(child);
  child->next_sibling = first;
  child->previous_sibling = 0;
  if (first != 0) {
    cell_at(first)->previous_sibling = mine;
  }
  first = mine;
}

void worker::unlink_sibling(cell* child, std::uint32_t& first) noexcept {
  if (child->previous_sibling != 0) {
    cell_at(child->previous_sibling)->next_sibling = child->next_sibling;
  } else {
    first = child->next_sibling;
  }
  if (child->next_sibling != 0) {
    cell_at(child->next_sibling)->previous_sibling = child->previous_sibling;
  }
}

void worker::unlink_child(cell* child) noexcept {
  if ((child->flags & lent) != 0) {
    --guests;
    return;
  }
  const bool near = child->parent != nullptr && !is_far(child->parent);
  unlink_sibling(child, near ? child->parent->more->first_child : first_top);
  if (near) {
    child_is_gone(child->parent);
  } else if (may_block && first_top == 0 && !shutting_down) {
    system.give_back_thread(*this);
  }
}

void worker::child_is_gone(cell* parent) noexcept {
  if (--parent->more->children == 0 && (parent->flags & (stopping | restarting)) != 0) {
    schedule(parent);
  }
}

void worker::end_far_child(cell* parent, const target& child) noexcept {
  std::erase(parent->more->far, child);
  child_is_gone(parent);
}

}  // namespace casty::detail
