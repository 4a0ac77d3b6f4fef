#include "casty/wire/codec.hpp"

#include <string>

#include "casty/core/error.hpp"

namespace casty::wire::detail {

void throw_not_encoded(std::string_view type, const char* why) {
  throw error(errc::bad_argument, std::string(type) + " cannot be encoded: " + why);
}

void throw_corrupt(std::string_view type, const char* why) {
  throw error(errc::corrupt, std::string(type) + ": " + why);
}

void throw_left_over(std::string_view type, std::size_t position, std::size_t left) {
  throw error(errc::corrupt, std::string(type) + " ends at byte " + std::to_string(position) +
                                 ", " + std::to_string(left) + " more follow");
}

void throw_unreadable(const type_label& stored, const type_label& here) {
  if (stored.version > here.version) {
    throw error(errc::schema_mismatch, std::string(stored.name) + " of version " +
                                           std::to_string(stored.version) + ", known are up to " +
                                           std::to_string(here.version));
  }
  throw error(errc::schema_mismatch, std::string(stored.description) + " cannot be read as " +
                                         std::string(here.description));
}

}  // namespace casty::wire::detail
