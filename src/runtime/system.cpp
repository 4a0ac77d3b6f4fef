#include "casty/runtime/system.hpp"

#include <new>

#include "runtime/engine.hpp"

namespace casty {

detail::engine* detail::engine_of(actor_system& system) noexcept { return system.engine_; }

actor_system::actor_system(const system_options& options)
    : actor_system(options, seams{}) {}

actor_system::actor_system(const system_options& options, const seams& on)
    : engine_(new detail::engine(options, on)) {
  static_assert(sizeof(actor_system) == sizeof(engine_->facade));
  ::new (engine_->facade) actor_system(engine_);  // never destroyed: it owns nothing
}

actor_system::~actor_system() {
  // It may be held by an actor of another system.
  const detail::waiting_outside here;
  // A thread that is still in a handler keeps what it uses: better lost than freed.
  if (engine_->terminate(engine_->shutdown_deadline)) {
    delete engine_;
  }
}

std::string_view actor_system::name() const noexcept { return engine_->name; }

bool actor_system::drain(duration deadline) { return engine_->drain(deadline); }

bool actor_system::terminate(duration deadline) { return engine_->terminate(deadline); }

bool actor_system::run_until_signal() { return engine_->run_until_signal(); }

actor_system::message_counts actor_system::counts() const noexcept {
  return engine_->totals();
}

}  // namespace casty
