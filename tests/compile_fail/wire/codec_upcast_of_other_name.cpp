// expect: casty::schema: the type that upcast takes bears the name of the newer one, or one of its former names
#include "casty/wire/codec.hpp"

struct PaidBefore {
  int euros = 0;
};
struct Paid {
  int cents = 0;
};

template <>
struct casty::schema<Paid> {
  static constexpr std::uint32_t version = 2;
#ifdef CASTY_CONTROL
  static constexpr std::string_view former_names[] = {"PaidBefore"};
#endif
  static Paid upcast(const PaidBefore& older) { return {older.euros * 100}; }
};

Paid read(const casty::wire::type_label& stored, casty::byte_view bytes) {
  return casty::wire::decode_stored<Paid>(stored, bytes);
}
