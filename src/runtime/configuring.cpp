#include "runtime/configuring.hpp"

#include <chrono>
#include <utility>

#include "casty/config/settings.hpp"
#include "casty/core/layer.hpp"
#include "runtime/engine.hpp"

namespace casty::detail {

namespace {

// As far as it is known before the actor starts; more may come out of a setup.
bool has_strategy(const behavior_base& first) noexcept {
  const behavior_base* each = &first;
  while (const layer_operations* layer = each == nullptr ? nullptr : layer_of(*each)) {
    if (layer->strategy != nullptr) {
      return true;
    }
    each = layer->inner == nullptr ? nullptr : layer->inner(each->slot());
  }
  return false;
}

void supervise_by(const one_for_one_strategy& strategy, behavior_base& first) {
  // Which protocol makes no difference behind the tables.
  behavior_base made = behavior_access::make<void, supervised>(
      supervised::operations, supervise(std::move(first), supervision{strategy, false, true}));
  first = std::move(made);
}

}  // namespace

settled_system settle(const system_options& asked) {
  const configuration* file = asked.config.get();
  const configuration plain;
  const system_settings& said = file == nullptr ? plain.system : file->system;
  settled_system made;
  made.name = asked.name.empty() ? said.name : std::string(asked.name);
  made.workers = asked.workers == 0 ? said.workers : asked.workers;
  made.log = asked.log != log_level::as_configured ? asked.log
             : file == nullptr                     ? plain.log.level
                                                   : file->log.level;
  made.shutdown_deadline =
      asked.shutdown_deadline.count() >= 0
          ? asked.shutdown_deadline
          : duration(std::chrono::duration<double>(said.shutdown_deadline_seconds));
  return made;
}

spawn_options configure(engine& system, behavior_base& first, std::string_view name,
                        const spawn_options& asked) {
  const actor_settings said = settings_for(*system.config.get(), name);
  spawn_options made = asked;
  if (made.mailbox.capacity == mailbox::as_configured) {
    made.mailbox = mailbox_of(said).value_or(mailbox{});
  }
  if (made.dispatcher == dispatcher::as_configured) {
    made.dispatcher = said.dispatcher.value_or(dispatcher::shared);
  }
  if (first.operations() == nullptr || has_strategy(first)) {
    return made;
  }
  if (const std::optional<one_for_one_strategy> strategy = strategy_of(said)) {
    if (is_copyable(first)) {
      supervise_by(*strategy, first);
    } else if (!system.told_uncopyable.exchange(true, std::memory_order_relaxed)) {
      system.log.write(log_level::warning,
                       "configured supervision left out: the behavior cannot be copied",
                       {{"name", name}});
    }
  }
  return made;
}

}  // namespace casty::detail
