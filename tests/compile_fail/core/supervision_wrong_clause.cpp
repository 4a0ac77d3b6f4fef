// expect: clause_must_take_an_exception_and_give_a_directive<
#include "casty/actor.hpp"

struct Lost {};

constexpr auto of_lost = [](const Lost&) { return casty::directive::stop; };
constexpr auto gives_nothing = [](const Lost&) {};

#ifdef CASTY_CONTROL
auto asked = casty::decide(of_lost);
#else
auto asked = casty::decide(gives_nothing);
#endif
