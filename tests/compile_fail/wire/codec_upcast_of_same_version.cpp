// expect: casty::schema: upcast takes a type of a lower version
#include "casty/wire/codec.hpp"

struct PaidBefore {
  int euros = 0;
};
struct Paid {
  int cents = 0;
};

template <>
struct casty::schema<PaidBefore> {
  static constexpr std::string_view name = "Paid";
};
template <>
struct casty::schema<Paid> {
#ifdef CASTY_CONTROL
  static constexpr std::uint32_t version = 2;
#endif
  static Paid upcast(const PaidBefore& older) { return {older.euros * 100}; }
};

Paid read(const casty::wire::type_label& stored, casty::byte_view bytes) {
  return casty::wire::decode_stored<Paid>(stored, bytes);
}
