#include "runtime/layers.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "casty/core/error.hpp"
#include "runtime/room.hpp"
#include "runtime/timers.hpp"

namespace casty::detail {

namespace {

// Layers cut off the top of a stack, alive until what referred to them is gone.
class cut_layers {
 public:
  cut_layers(extension& from, const layer* below) noexcept : first_(from.layers) {
    layer** end = &first_;
    while (*end != below) {
      end = &(*end)->outer;
    }
    from.layers = *end;
    *end = nullptr;
  }
  cut_layers(const cut_layers&) = delete;
  cut_layers& operator=(const cut_layers&) = delete;
  ~cut_layers() {
    while (first_ != nullptr) {
      delete std::exchange(first_, first_->outer);
    }
  }

 private:
  layer* first_;
};

void run_hook(cell* self, const layer& of, hook_moment when, const std::exception_ptr& failure) {
  const layer_operations* operations = layer_of(of.kept);
  if (operations->hook != nullptr) {
    operations->hook(self, of.kept.slot(), when, failure);
  }
}

bool stands_inside(const extension& more, const layer* which) noexcept {
  for (const layer* each = more.layers; each != more.base; each = each->outer) {
    if (each == which) {
      return true;
    }
  }
  return false;
}

std::size_t started_inside(const extension& more, const layer* which) noexcept {
  std::size_t count = 0;
  for (const layer* each = more.layers; each != which; each = each->outer) {
    count += each->started ? 1 : 0;
  }
  return count;
}

}  // namespace

extension::extension() = default;

extension::~extension() {
  const cut_layers all(*this, nullptr);
  release(as_parent);
}

void destroy_behavior(cell* actor) noexcept {
  const behavior_operations* operations = std::exchange(actor->operations, nullptr);
  if (operations != nullptr && operations->destroy != nullptr) {
    operations->destroy(actor->slot);
  }
}

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

void enter(cell* self, behavior_base next, std::size_t started) {
  for (std::size_t depth = 0; layer_of(next) != nullptr; ++depth) {
    const layer_operations* operations = layer_of(next);
    extension& more = extension_of(self);
    auto* made = new layer(more.layers, std::move(next));
    more.layers = made;
    if (depth >= started) {
      run_hook(self, *made, hook_moment::pre_start, nullptr);
    }
    made->started = true;
    behavior_base inner(outcome::same);
    operations->enter(self, made->kept.slot(), inner);
    next = std::move(inner);
  }
  if (next.operations() != nullptr) {
    destroy_behavior(self);
    move_in(self, next);
  } else if (next.as_outcome() == outcome::stopped) {
    destroy_behavior(self);  // it may refer to a layer that goes
    self->flags |= stop_requested;
  } else {
    throw error(errc::bad_behavior, "a setup must give a behavior, or stopped");
  }
}

void install(cell* self, behavior_base next) {
  if (layer_of(next) == nullptr) {
    enter(self, std::move(next), 0);
    return;
  }
  extension& more = extension_of(self);
  const cut_layers before(more, more.base);
  try {
    enter(self, std::move(next), 0);
  } catch (...) {
    // It may refer to a layer that goes.
    destroy_behavior(self);
    throw;
  }
}

void enter_again(cell* self, layer* from) {
  extension& more = *self->more;
  const bool of_base = more.base_open || !stands_inside(more, from);
  // Before the actor has begun, it goes on where it failed.
  const std::size_t started = more.begun ? SIZE_MAX : started_inside(more, from);
  destroy_behavior(self);
  { const cut_layers inside(more, from); }
  if (of_base) {
    more.base = from;
    more.base_open = true;
  }
  behavior_base inner(outcome::same);
  layer_of(from->kept)->enter(self, from->kept.slot(), inner);
  enter(self, std::move(inner), started);
  if (of_base) {
    more.base = more.layers;
    more.base_open = false;
  }
}

void run_hooks(cell* self, hook_moment when, const std::exception_ptr& failure) {
  std::vector<const layer*> all;
  for (const layer* each = self->more == nullptr ? nullptr : self->more->layers;
       each != nullptr; each = each->outer) {
    all.push_back(each);
  }
  if (when == hook_moment::post_restart) {
    std::reverse(all.begin(), all.end());
  }
  for (const layer* each : all) {
    run_hook(self, *each, when, failure);
  }
}

bool run_stop_hook(cell* self) {
  for (layer* each = self->more == nullptr ? nullptr : self->more->layers; each != nullptr;
       each = each->outer) {
    if (std::exchange(each->started, false) && layer_of(each->kept)->hook != nullptr) {
      run_hook(self, *each, hook_moment::post_stop, nullptr);
      return true;
    }
  }
  return false;
}

step become(cell* self, behavior_base& next) {
  install(self, std::move(next));
  return step::same;
}

}  // namespace casty::detail
