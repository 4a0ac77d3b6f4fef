// expect: casty::schema: the name of a template or of a type local to a function is not the same everywhere
#include "casty/wire/schema.hpp"

template <class Type>
struct Box {
  Type value;
};
struct Crate {
  int value;
};

#ifdef CASTY_CONTROL
constexpr auto name = casty::wire::name_of<Crate>;
#else
constexpr auto name = casty::wire::name_of<Box<int>>;
#endif
