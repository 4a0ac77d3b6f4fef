/// @file
/// Values to bytes and back, derived from their types.
///
/// Layer: wire. May include core, meta. Includes cereal.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "casty/core/error.hpp"
#include "casty/wire/archive.hpp"
#include "casty/wire/bytes.hpp"
#include "casty/wire/description.hpp"
#include "casty/wire/schema.hpp"
#include "casty/wire/serializable.hpp"

namespace casty::wire {

/// What bytes say that they hold: the name, version and layout of their type when they were
/// written.
struct type_label {
  std::string_view name;
  std::uint32_t version = 1;
  std::string_view description;
};

namespace detail {

template <class Type>
concept bears_a_name = derived_layout<Type> || (std::is_class_v<Type> && !shaped<Type>);

[[noreturn]] void throw_not_encoded(std::string_view type, const char* why);
[[noreturn]] void throw_corrupt(std::string_view type, const char* why);
[[noreturn]] void throw_left_over(std::string_view type, std::size_t position, std::size_t left);
[[noreturn]] void throw_unreadable(const type_label& stored, const type_label& here);

// Numbers and containers have no name but their layout.
template <class Type>
inline constexpr std::string_view title_of = description_of<Type>;
template <bears_a_name Type>
inline constexpr std::string_view title_of<Type> = name_of<Type>;

template <class Type>
[[nodiscard]] Type decode_with(byte_view from, missing_fields missing) {
  Type value{};
  try {
    input_archive archive(from, missing);
    archive(value);
    if (archive.bytes().left() != 0) [[unlikely]] {
      throw_left_over(detail::title_of<Type>, archive.bytes().position(), archive.bytes().left());
    }
  } catch (const cereal::Exception& failed) {
    throw_corrupt(title_of<Type>, failed.what());
  }
  return value;
}

}  // namespace detail

template <serializable Type>
inline constexpr type_label label_of{detail::title_of<Type>, version_of<Type>,
                                     description_of<Type>};

/// True when bytes labelled with `name` are those of `Type`, today's or older ones.
template <serializable Type>
[[nodiscard]] constexpr bool is_titled(std::string_view name) noexcept {
  if constexpr (detail::bears_a_name<Type>) {
    return is_called<Type>(name);
  } else {
    return name == detail::title_of<Type>;
  }
}

/// Appends the bytes of `value`. When it throws, `to` is as it was.
///
/// @throws  `casty::error` of `errc::bad_argument` for what is nested deeper than
///          `nesting_max`; `std::bad_alloc`; whatever the type's own functions throw.
/// @cost    Linear; no allocation where `to` has the room.
template <class Type>
void encode(byte_buffer& to, const Type& value) {
  if constexpr (!serializable<Type>) {
    decltype(explain(detail::flaw<Type>{}))::see();
  } else {
    const std::size_t before = to.size();
    try {
      output_archive archive(to);
      archive(value);
    } catch (const cereal::Exception& failed) {
      to.truncate(before);
      detail::throw_not_encoded(detail::title_of<Type>, failed.what());
    } catch (...) {
      to.truncate(before);
      throw;
    }
  }
}

/// The value whose bytes are all of `from`. Takes no memory but for what has been read.
///
/// @throws  `casty::error` of `errc::corrupt`, with the position, for anything else.
template <class Type>
[[nodiscard]] Type decode(byte_view from) {
  if constexpr (!serializable<Type>) {
    decltype(explain(detail::flaw<Type>{}))::see();
    casty::detail::throw_error(errc::bad_argument);
  } else {
    return detail::decode_with<Type>(from, missing_fields::refused);
  }
}

/// As `decode`, of bytes that may be older than `Type`: of fewer fields at the end of its
/// structs, or of a lower version, which goes through the upcasters of `casty::schema`.
///
/// @throws  `casty::error`: `errc::schema_mismatch` with both layouts where none of these fits;
///          `errc::corrupt`.
template <serializable Type>
[[nodiscard]] Type decode_stored(const type_label& stored, byte_view from) {
  if (stored.version == version_of<Type>) {
    if (stored.description == description_of<Type>) [[likely]] {
      return detail::decode_with<Type>(from, missing_fields::refused);
    }
    if (extends(description_of<Type>, stored.description)) {
      return detail::decode_with<Type>(from, missing_fields::defaulted);
    }
  } else if constexpr (upcasted<Type>) {
    using older = older_of<Type>;
    static_assert(version_of<older> < version_of<Type>,
                  "casty::schema: upcast takes a type of a lower version");
    static_assert(is_called<Type>(name_of<older>),
                  "casty::schema: the type that upcast takes bears the name of the newer one, "
                  "or one of its former names");
    if (stored.version < version_of<Type>) {
      return schema<Type>::upcast(decode_stored<older>(stored, from));
    }
  }
  detail::throw_unreadable(stored, label_of<Type>);
}

}  // namespace casty::wire
