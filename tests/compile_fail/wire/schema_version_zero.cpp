// expect: casty::schema: versions begin with 1
#include "casty/wire/schema.hpp"

struct Paid {};

template <>
struct casty::schema<Paid> {
#ifdef CASTY_CONTROL
  static constexpr std::uint32_t version = 1;
#else
  static constexpr std::uint32_t version = 0;
#endif
};

constexpr auto version = casty::wire::version_of<Paid>;
