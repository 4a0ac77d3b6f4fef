// expect: cannot_be_serialized<Counted, casty::field<1>, std::vector<std::monostate>
#include <variant>
#include <vector>

#include "casty/wire/codec.hpp"

struct Counted {
#ifdef CASTY_CONTROL
  std::vector<std::variant<std::monostate>> all;
#else
  std::vector<std::monostate> all;
#endif
};

void encode(casty::wire::byte_buffer& to) { casty::wire::encode(to, Counted{}); }
