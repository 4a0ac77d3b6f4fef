// How actors begin, restart and stop. All of an actor's children live on its worker.
#include <cstring>
#include <utility>

#include "casty/runtime/context.hpp"
#include "runtime/asking.hpp"
#include "runtime/engine.hpp"
#include "runtime/watching.hpp"

namespace casty::detail {

namespace {

void destroy_behavior(cell* actor) noexcept {
  const behavior_operations* operations = std::exchange(actor->operations, nullptr);
  if (operations != nullptr && operations->destroy != nullptr) {
    operations->destroy(actor->slot);
  }
}

// Gives back what a spawn took, unless it succeeds.
struct unborn {
  explicit unborn(cell* made) noexcept : actor(made) {}
  unborn(const unborn&) = delete;
  unborn& operator=(const unborn&) = delete;
  ~unborn() {
    if (actor != nullptr) {
      delete actor->more;
      store(actor->generation, load(actor->generation) + 1);
      free_cell(actor);
    }
  }
  cell* actor;
};

void move_in(cell* actor, behavior_base& first) noexcept {
  const behavior_operations* operations = first.operations();
  if (operations->relocate == nullptr) {
    std::memcpy(actor->slot, first.slot(), slot_bytes);
  } else {
    operations->relocate(first.slot(), actor->slot);
  }
  actor->operations = operations;
  first.release();
}

cell* make_cell(engine& system, port* home, cell* parent, behavior_base&& first,
                std::string_view name) {
  check_name(name);
  if (first.operations() == nullptr && first.as_outcome() != outcome::stopped) {
    throw error(errc::bad_behavior, "an actor cannot begin with same, unhandled or restart");
  }
  unborn made(allocate_cell());
  cell* actor = made.actor;
  store(actor->owner, home);
  __atomic_store_n(&actor->parent, parent, __ATOMIC_RELEASE);
  __atomic_store_n(&actor->number, system.next_number.fetch_add(1, std::memory_order_relaxed),
                   __ATOMIC_RELEASE);
  const bool is_setup = first.operations() != nullptr && first.operations()->start != nullptr;
  if (is_setup || !name.empty()) {
    actor->more = new extension;
  }
  if (!name.empty()) {
    const std::uint64_t above = parent == nullptr ? 0 : load(parent->number);
    path_text* path = parent == nullptr ? make_path("", "user") : path_of(target_of(parent));
    const any_ref keeps(target{}, path);
    actor->more->path = system.names.take(above, view(path), name, actor->number);
  }
  if (is_setup) {
    actor->more->initial.emplace(std::move(first));
    actor->flags |= starting;
  } else if (first.operations() == nullptr) {
    actor->flags |= stop_requested;
  } else {
    move_in(actor, first);
  }
  return std::exchange(made.actor, nullptr);
}

void announce_start(engine& system, cell* actor) noexcept {
  if (!system.events.empty()) {
    const actor_started event{any_ref(target_of(actor))};
    publish(&system, &event_key<actor_started>, &event);
  }
}

}  // namespace

void install(cell* self, behavior_base next) {
  while (next.operations() != nullptr && next.operations()->start != nullptr) {
    behavior_base first(outcome::same);
    next.operations()->start(self, next.slot(), first);
    next = std::move(first);
  }
  if (next.operations() != nullptr) {
    destroy_behavior(self);
    move_in(self, next);
  } else if (next.as_outcome() == outcome::stopped) {
    self->flags |= stop_requested;
  } else {
    throw error(errc::bad_behavior, "a setup must give a behavior, or stopped");
  }
}

step become(cell* self, behavior_base& next) {
  install(self, std::move(next));
  return step::same;
}

target spawn_child(cell* parent, behavior_base&& first, std::string_view name) {
  worker& here = *worker::current();
  cell* actor = make_cell(here.system, here.entry, parent, std::move(first), name);
  if ((parent->flags & (stopping | restarting)) != 0) {
    actor->flags |= stop_requested;  // its siblings were told to stop already
  }
  here.adopt(actor);
  return target_of(actor);
}

target spawn_top(engine* system, behavior_base&& first, std::string_view name) {
  if (system->terminated.load(std::memory_order_acquire)) {
    throw error(errc::system_terminated, "nothing is spawned any more");
  }
  worker& home = system->next_worker();
  cell* actor = make_cell(*system, home.entry, nullptr, std::move(first), name);
  const target made = target_of(actor);
  if (worker::current() == &home) {
    home.adopt(actor);
  } else {
    actor->flags |= unadopted;
    engine::send_to(*home.entry, make_order<nothing>(order::adopt, made));
  }
  return made;
}

void request_stop(const target& actor) noexcept {
  worker* here = worker::current();
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
    announce_start(system, actor);
  }
  if ((actor->flags & needs_attention) != 0 || !actor->mail.empty()) {
    schedule(actor);
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

void worker::run_setup(cell* actor) {
  behavior_base& initial = *actor->more->initial;
  behavior_base first(outcome::same);
  initial.operations()->start(actor, initial.slot(), first);
  install(actor, std::move(first));
}

void worker::begin(cell* actor) {
  actor->flags &= static_cast<std::uint16_t>(~starting);
  run_setup(actor);
  announce_start(system, actor);
}

void worker::begin_restart(cell* actor) noexcept {
  actor->flags &= static_cast<std::uint16_t>(~restart_requested);
  if (actor->more == nullptr || !actor->more->initial) {
    fail(actor, nullptr,
         std::make_exception_ptr(error(
             errc::not_restartable, "wrap the behavior in behaviors::setup, which runs anew")));
    return;
  }
  actor->flags |= restarting;
  abandon_piped(actor);
  stashed -= actor->more->stash.size();
  actor->mail.prepend(actor->more->stash);
  stop_children(actor);
  if (actor->more->children == 0) {
    schedule(actor);
  }
}

void worker::end_restart(cell* actor) {
  actor->flags &= static_cast<std::uint16_t>(~restarting);
  destroy_behavior(actor);
  run_setup(actor);
}

void worker::drop_waiting(cell* actor) noexcept {
  if ((actor->flags & waiting) == 0) {
    return;
  }
  actor->flags &= static_cast<std::uint16_t>(~(waiting | resumable));
  extension& more = *actor->more;
  // The coroutine first: it refers to the closure and to the message.
  more.waiting.operations->destroy(more.waiting.task);
  more.resume.clear();
  bury(std::exchange(more.waiting, {}).sealed, dead_letter_reason::stopped);
}

void worker::begin_stop(cell* actor) noexcept {
  actor->flags |= stopping;
  drop_waiting(actor);
  while (!actor->mail.empty()) {
    bury(actor->mail.pop(), dead_letter_reason::stopped);
  }
  if (actor->more != nullptr) {
    while (!actor->more->stash.empty()) {
      --stashed;
      bury(actor->more->stash.pop(), dead_letter_reason::stopped);
    }
    abandon_piped(actor);
    if (actor->more->children != 0) {
      stop_children(actor);
      return;
    }
  }
  end_stop(actor);
}

// From here on refs to the actor lead nowhere; its name is free before anybody is told.
void worker::end_stop(cell* actor) noexcept {
  const target was = target_of(actor);
  destroy_behavior(actor);
  const bool is_told =
      !system.events.empty() || (actor->more != nullptr && actor->more->watchers != nullptr);
  const any_ref ended = is_told ? any_ref(was, path_of(was)) : any_ref(was);
  store(actor->generation, was.generation + 1);
  std::unique_ptr<extension> more(std::exchange(actor->more, nullptr));
  if (more != nullptr && more->path != nullptr) {
    system.names.free(actor->parent == nullptr ? 0 : load(actor->parent->number), actor->number);
    release(more->path);
  }
  unlink_child(actor);
  actor->flags |= gone;
  if (more != nullptr) {
    tell_watchers(*more, ended);
  }
  if (!system.events.empty()) {
    const actor_stopped event{ended};
    publish(&system, &event_key<actor_stopped>, &event);
  }
}

void worker::stop_children(cell* actor) noexcept {
  std::uint32_t next = actor->more->first_child;
  while (next != 0) {
    cell* child = cell_at(next);
    next = child->next_sibling;
    request_stop(child);
  }
}

void worker::link_child(cell* child) noexcept {
  std::uint32_t* first = &first_top;
  if (child->parent != nullptr) {
    extension& more = extension_of(child->parent);
    first = &more.first_child;
    ++more.children;
  }
  const std::uint32_t mine = cell_number(child);
  child->next_sibling = *first;
  child->previous_sibling = 0;
  if (*first != 0) {
    cell_at(*first)->previous_sibling = mine;
  }
  *first = mine;
}

void worker::unlink_child(cell* child) noexcept {
  cell* parent = child->parent;
  if (child->previous_sibling != 0) {
    cell_at(child->previous_sibling)->next_sibling = child->next_sibling;
  } else {
    (parent == nullptr ? first_top : parent->more->first_child) = child->next_sibling;
  }
  if (child->next_sibling != 0) {
    cell_at(child->next_sibling)->previous_sibling = child->previous_sibling;
  }
  if (parent != nullptr && --parent->more->children == 0 &&
      (parent->flags & (stopping | restarting)) != 0) {
    schedule(parent);
  }
}

}  // namespace casty::detail
