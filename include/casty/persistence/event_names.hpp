/// @file
/// No two events of a protocol bear one name: what is stored would be either.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "casty/meta/type_list.hpp"
#include "casty/wire/schema.hpp"

namespace casty {

// diagnostic
/// Named in the error of a protocol of events two of which bear the same name, today's or one of
/// `casty::schema<Event>::former_names`.
template <class First, class Second>
struct two_events_of_one_name;

namespace detail {

template <class Event>
consteval std::size_t count_of_names() {
  if constexpr (requires { schema<Event>::former_names; }) {
    return 1 + std::size(schema<Event>::former_names);
  } else {
    return 1;
  }
}

struct names_clash {
  std::size_t first;
  std::size_t second;  // the same where there is none
};

template <class... Events>
consteval names_clash clash_of_names() {
  struct owned {
    std::string_view name;
    std::size_t owner;
  };
  std::array<owned, (count_of_names<Events>() + ... + 0)> all{};
  std::size_t used = 0;
  std::size_t owner = 0;
  const auto add = [&]<class Event>() {
    all[used++] = {wire::name_of<Event>, owner};
    if constexpr (requires { schema<Event>::former_names; }) {
      for (const std::string_view former : schema<Event>::former_names) {
        all[used++] = {former, owner};
      }
    }
    ++owner;
  };
  (add.template operator()<Events>(), ...);
  for (std::size_t one = 0; one < all.size(); ++one) {
    for (std::size_t other = one + 1; other < all.size(); ++other) {
      if (all[one].owner != all[other].owner && all[one].name == all[other].name) {
        return {all[one].owner, all[other].owner};
      }
    }
  }
  return {0, 0};
}

template <class Events>
inline constexpr names_clash clash_among = {0, 0};
template <class... Events>
inline constexpr names_clash clash_among<meta::type_list<Events...>> = clash_of_names<Events...>();

template <class Events>
inline constexpr bool has_clear_names = clash_among<Events>.first == clash_among<Events>.second;

template <class Events>
two_events_of_one_name<meta::at<Events, clash_among<Events>.first>,
                       meta::at<Events, clash_among<Events>.second>>
    explain_clash(Events);

}  // namespace detail

}  // namespace casty
