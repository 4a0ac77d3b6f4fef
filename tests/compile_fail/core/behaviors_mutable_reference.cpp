// expect: handler_takes_message_by_mutable_reference<Deposit>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account =
    behaviors::receive<Account>([](Deposit&&) { return behaviors::same; }, withdraw, balance);
#else
auto account =
    behaviors::receive<Account>([](Deposit&) { return behaviors::same; }, withdraw, balance);
#endif
