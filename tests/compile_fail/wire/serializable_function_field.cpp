// expect: cannot_be_serialized<Noted, casty::field<2>, std::function<void*()>
#include <functional>
#include <vector>

#include "casty/wire/codec.hpp"

struct Noted {
  int number;
  std::vector<std::function<void()>> callbacks;
};
struct Plain {
  int number;
  std::vector<int> numbers;
};

void write(casty::wire::byte_buffer& to) {
#ifdef CASTY_CONTROL
  casty::wire::encode(to, Plain{});
#else
  casty::wire::encode(to, Noted{});
#endif
}
