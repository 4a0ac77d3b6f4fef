#include "casty/cluster/cards.hpp"

namespace casty::wire::detail {

namespace {

// What one stand-in holds at most, beside what waits for its node.
constexpr std::uint32_t stand_in_capacity = 65'536;

}  // namespace

ref_carrier& checked(ref_carrier* known) {
  if (known == nullptr) {
    throw error(errc::bad_argument, "the address of an actor means nothing here");
  }
  return *known;
}

directive go_on(const std::exception_ptr& /*failure*/) { return directive::resume; }

spawn_options stand_in_options() {
  return {.mailbox = {.capacity = stand_in_capacity, .overflow = overflow::backpressure},
          .dispatcher = dispatcher::shared};
}

}  // namespace casty::wire::detail
