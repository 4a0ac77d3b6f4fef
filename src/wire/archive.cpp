#include "casty/wire/archive.hpp"

#include <string>

#include "casty/core/error.hpp"

namespace casty::wire::detail {

void throw_too_deep() {
  throw error(errc::bad_argument,
              "a value nested deeper than " + std::to_string(nesting_max) + " structs");
}

void throw_without_bytes() {
  throw error(errc::bad_argument, "a list of elements that take no byte");
}

void throw_other_fields(const byte_reader& at, std::uint64_t stored, std::uint64_t known) {
  throw error(errc::corrupt, "a struct of " + std::to_string(stored) + " fields in place of " +
                                 std::to_string(known) + ", at byte " +
                                 std::to_string(at.position()));
}

}  // namespace casty::wire::detail
