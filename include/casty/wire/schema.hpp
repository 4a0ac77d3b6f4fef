/// @file
/// What a type is called on the wire and in journals, and how its older versions are read.
///
/// Layer: wire. May include core, meta.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "casty/meta/type_name.hpp"

namespace casty {

/// To be specialized for types of your own; each member may be left out:
///
///     template <>
///     struct casty::schema<bank::Deposited> {
///       static constexpr std::string_view name = "bank.Deposited";      // else as it is declared
///       static constexpr std::uint32_t version = 2;                     // else 1
///       static constexpr std::string_view former_names[] = {"Paid"};    // still read
///       static bank::Deposited upcast(const bank::DepositedV1& older);  // of a lower version
///     };
///
/// A field that is added at the end, with a default, needs none of this: bytes without it are
/// read all the same. Any other change of the layout takes a new version, and an upcaster from
/// the type as it was, which bears the same name.
template <class Type>
struct schema {};

namespace wire {

namespace detail {

struct declared {
  static constexpr std::size_t length_max = 256;

  char text[length_max] = {};
  std::size_t length = 0;
};

// Without the namespaces that have no name, which compilers spell differently.
constexpr declared without_anonymous(std::string_view pretty) noexcept {
  declared name;
  while (!pretty.empty() && name.length < declared::length_max) {
    bool skipped = false;
    for (const std::string_view unnamed : {"{anonymous}::", "(anonymous namespace)::"}) {
      if (pretty.starts_with(unnamed)) {
        pretty.remove_prefix(unnamed.size());
        skipped = true;
      }
    }
    if (!skipped) {
      name.text[name.length++] = pretty.front();
      pretty.remove_prefix(1);
    }
  }
  return name;
}

template <class Type>
inline constexpr declared declared_name = without_anonymous(meta::detail::pretty<Type>());

// Of types local to a function and of templates it would not be.
constexpr bool is_the_same_everywhere(std::string_view name) noexcept {
  return name.find_first_of("<({ ") == std::string_view::npos && !name.empty();
}

// Bears a name that is: by its declaration, or by its `casty::schema`.
template <class Type>
inline constexpr bool has_a_name =
    requires { schema<Type>::name; } ||
    is_the_same_everywhere({declared_name<Type>.text, declared_name<Type>.length});

template <class Type>
constexpr std::string_view name() noexcept {
  if constexpr (requires { schema<Type>::name; }) {
    return schema<Type>::name;
  } else {
    constexpr std::string_view declared{declared_name<Type>.text, declared_name<Type>.length};
    static_assert(is_the_same_everywhere(declared),
                  "casty::schema: the name of a template or of a type local to a function is "
                  "not the same everywhere; name it: casty::schema<Type>::name");
    return declared;
  }
}

template <class Type>
constexpr std::uint32_t version() noexcept {
  if constexpr (requires { schema<Type>::version; }) {
    static_assert(schema<Type>::version > 0, "casty::schema: versions begin with 1");
    return schema<Type>::version;
  } else {
    return 1;
  }
}

template <class Newer, class Older>
std::remove_cvref_t<Older> argument_of(Newer (*)(Older));

}  // namespace detail

/// The name of `Type` on the wire: that of its `casty::schema`, else as it is declared, with
/// its namespaces.
template <class Type>
inline constexpr std::string_view name_of = detail::name<Type>();

/// The version of `Type`: that of its `casty::schema`, else 1.
template <class Type>
inline constexpr std::uint32_t version_of = detail::version<Type>();

/// True when bytes that bear `name` are those of `Type`, or of an older version of it.
template <class Type>
[[nodiscard]] constexpr bool is_called(std::string_view name) noexcept {
  if (name == name_of<Type>) {
    return true;
  }
  if constexpr (requires { schema<Type>::former_names; }) {
    for (const std::string_view former : schema<Type>::former_names) {
      if (name == former) {
        return true;
      }
    }
  }
  return false;
}

/// `casty::schema<Type>` makes one of an older version.
template <class Type>
concept upcasted = requires { &schema<Type>::upcast; };

/// The type that its upcaster takes.
template <upcasted Type>
using older_of = decltype(detail::argument_of(&schema<Type>::upcast));

}  // namespace wire

}  // namespace casty
