#include "runtime/dead_letters.hpp"

#include <utility>

#include "runtime/asking.hpp"
#include "runtime/engine.hpp"

namespace casty::detail {

namespace {

// Said to the asks whose requests are destroyed right now on this thread.
constinit thread_local errc drop_verdict = errc::no_reply;

errc verdict_for(dead_letter_reason reason) noexcept {
  switch (reason) {
    case dead_letter_reason::no_such_actor:
    case dead_letter_reason::stopped:
      return errc::dead_target;
    case dead_letter_reason::overflow:
      return errc::mailbox_full;
    case dead_letter_reason::system_terminated:
      return errc::system_terminated;
    default:
      return errc::no_reply;
  }
}

}  // namespace

bool tells_of_loss(const envelope* sealed) noexcept {
  return sealed->operations == &operations_of<dead_letter> ||
         sealed->operations == &operations_of<unhandled_message>;
}

errc verdict_of_drop() noexcept { return drop_verdict; }

void bury(engine* system, envelope* sealed, dead_letter_reason reason) noexcept {
  const std::string_view name = sealed->operations->name;
  if (system != nullptr && !system->events.empty() && sealed->kind != envelope_kind::control &&
      !tells_of_loss(sealed)) {
    const target to{sealed->actor, sealed->generation, 0};
    const dead_letter event{name, reason, any_ref(to)};
    system->events.publish(&event_key<dead_letter>, &event, system->log);
  }
  const errc before = std::exchange(drop_verdict, verdict_for(reason));
  if (sealed->kind == envelope_kind::answer) {
    drop_piped_answer(ask_of(sealed));
  } else {
    discard(sealed);
  }
  drop_verdict = before;
}

}  // namespace casty::detail
