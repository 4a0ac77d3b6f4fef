// expect: handlers_do_not_fit<Meter, casty::no_handler_for<int>,
// casty::handler_outside_the_protocol_for<double>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Meter : casty::protocol<int> {};

#ifdef CASTY_CONTROL
auto meter = behaviors::receive<Meter>([](int) { return behaviors::same; });
#else
auto meter = behaviors::receive<Meter>([](double) { return behaviors::same; });
#endif
