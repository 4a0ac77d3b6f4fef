// What the templates of core and runtime need of the cell of an actor.
#include "casty/runtime/context.hpp"

#include <utility>

#include "runtime/engine.hpp"
#include "runtime/senders.hpp"

namespace casty::detail {

engine* system_of(cell*) noexcept { return &worker::current()->system; }

actor_system& facade_of(cell*) noexcept {
  return *std::launder(reinterpret_cast<actor_system*>(worker::current()->system.facade));
}

namespace {

// The next that lives, after so many of those elsewhere. One that has ended there may still be
// listed here, while its watchers have been told.
child_place next_far_child(const cell* parent, std::uint32_t after) noexcept {
  const std::size_t far = parent->more->far.size() + parent->more->lent.size();
  for (std::uint32_t each = after + 1; each <= far; ++each) {
    const target child = child_at(parent, {nullptr, each});
    if (__atomic_load_n(&child.actor->generation, __ATOMIC_ACQUIRE) == child.generation) {
      return {nullptr, each};
    }
  }
  return {};
}

}  // namespace

child_place first_child(const cell* parent) noexcept {
  if (parent->more == nullptr) {
    return {};
  }
  return parent->more->first_child == 0 ? next_far_child(parent, 0)
                                        : child_place{cell_at(parent->more->first_child), 0};
}

child_place next_child(const cell* parent, const child_place& after) noexcept {
  if (after.near != nullptr) {
    return after.near->next_sibling == 0 ? next_far_child(parent, 0)
                                         : child_place{cell_at(after.near->next_sibling), 0};
  }
  return next_far_child(parent, after.far);
}

target child_at(const cell* parent, const child_place& at) noexcept {
  if (at.near != nullptr) {
    return target_of(at.near);
  }
  const std::size_t position = at.far - 1;
  const std::vector<target>& far = parent->more->far;
  return position < far.size() ? far[position] : parent->more->lent[position - far.size()];
}

void* stable_context(cell* self) { return extension_of(self).context; }

void* suspend(cell* self, envelope* sealed, const task_operations& operations) {
  extension& more = extension_of(self);
  more.waiting.sealed = sealed;
  more.waiting.operations = &operations;
  self->flags |= waiting;
  return more.waiting.task;
}

void resume_soon(std::coroutine_handle<> handle) noexcept {
  worker& here = *worker::current();
  cell* actor = here.running;
  extension_of(actor).resume.push(handle);
  actor->flags |= resumable;
}

void forget_resume(std::coroutine_handle<> handle) noexcept {
  worker* here = worker::current();
  if (here == nullptr || here->running == nullptr || here->running->more == nullptr) {
    return;
  }
  here->running->more->resume.forget(handle);
}

void stash(cell* actor, envelope* sealed) {
  worker& here = *worker::current();
  ++here.arrived;
  ++here.stashed;
  extension_of(actor).stash.push(sealed);
}

// They come before all that waits; the turn ends, so that the order is that of the mailbox.
void unstash_all(cell* actor) noexcept {
  if (actor->more == nullptr || actor->more->stash.empty()) {
    return;
  }
  worker& here = *worker::current();
  here.stashed -= actor->more->stash.size();
  actor->more->unstashed.append(actor->more->stash);
  actor->flags |= yielding;
}

namespace {

// A look at a cell of any worker, true of one moment.
struct glimpse {
  std::uint64_t number;
  target parent;
};

// Those fields are stored with release when the cell is used anew, and its generation was
// advanced before: who sees a new field sees a new generation.
bool look(const target& at, glimpse& seen) noexcept {
  seen.number = number_of(at.actor);
  cell* parent = __atomic_load_n(&at.actor->parent, __ATOMIC_ACQUIRE);
  seen.parent = parent == nullptr ? target{} : target_of(parent);
  return __atomic_load_n(&at.actor->generation, __ATOMIC_ACQUIRE) == at.generation;
}

}  // namespace

path_text* path_of(const target& to) {
  glimpse seen{};
  if (to.actor == nullptr || !look(to, seen)) {
    return make_path("", "dead");
  }
  auto* system = __atomic_load_n(&home_of(to.actor)->system, __ATOMIC_ACQUIRE);
  if (system == nullptr) {
    return make_path("", "dead");
  }
  if (path_text* named = system->names.find(seen.number)) {
    return named;
  }
  return make_numbered_path(
      seen.parent.actor == nullptr ? user_path() : path_of(seen.parent), seen.number);
}

}  // namespace casty::detail
