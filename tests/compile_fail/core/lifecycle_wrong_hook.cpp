// expect: deleted
// expect-note: HookMustTakeNothingOrTheContext
#include "casty/actor.hpp"

#include "../support/bank.hpp"

constexpr auto of_context = [](casty::actor_context<Account>&) {};
constexpr auto of_message = [](const Deposit&) {};

#ifdef CASTY_CONTROL
casty::lifecycle_hooks<Account> hooks{.pre_start = of_context};
#else
casty::lifecycle_hooks<Account> hooks{.pre_start = of_message};
#endif
