// expect: clause_must_take_an_exception_and_give_a_directive<
#include "casty/actor.hpp"

#include <exception>

constexpr auto of_any = [](const std::exception_ptr&) { return casty::directive::stop; };
constexpr auto of_auto = [](const auto&) { return casty::directive::stop; };

#ifdef CASTY_CONTROL
auto asked = casty::decide(of_any);
#else
auto asked = casty::decide(of_auto);
#endif
