// expect: cannot_be_serialized<Painted, casty::field<2>, Colour>
#include <cstdint>

#include "casty/wire/codec.hpp"

#ifdef CASTY_CONTROL
enum Colour : std::uint8_t { red, green };
#else
enum Colour { red, green };
#endif

struct Painted {
  int number = 0;
  Colour colour = red;
};

void encode(casty::wire::byte_buffer& to) { casty::wire::encode(to, Painted{}); }
