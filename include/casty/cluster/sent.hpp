/// @file
/// Messages that go to other nodes: written and read as everything else, but with addresses of
/// actors and askers in them, and without a need for types that can be empty.
///
/// Layer: cluster. May include persistence, runtime, config, wire, core, meta. Includes cereal.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "casty/cluster/carrier.hpp"
#include "casty/core/reply_to.hpp"
#include "casty/wire/codec.hpp"

namespace casty::wire {

namespace detail {

template <class Protocol>
[[nodiscard]] const protocol_card& card_of() noexcept;
template <class Answer>
[[nodiscard]] std::unique_ptr<waiting_answer> hold(const reply_to<Answer>& asker);
template <class Answer>
[[nodiscard]] reply_to<Answer> asker_by(ref_carrier& refs, std::shared_ptr<answer_route> route);

// Null where addresses mean nothing, as in a journal.
[[nodiscard]] ref_carrier& checked(ref_carrier* known);

template <class Type>
struct maker {
  static Type make(input_archive& from) {
    if constexpr (std::is_default_constructible_v<Type>) {
      Type value{};
      from(value);
      return value;
    } else {
      return make_fields(from, std::make_index_sequence<member_count<Type>>{});
    }
  }
  // In braces, so that they are read in order.
  template <std::size_t... Positions>
  static Type make_fields(input_archive& from, std::index_sequence<Positions...>) {
    from.enter();
    (void)from.read_fields(member_count<Type>);
    Type made{maker<meta::at<members<Type>, Positions>>::make(from)...};
    from.leave();
    return made;
  }
};
template <class Protocol>
struct maker<actor_ref<Protocol>> {
  static actor_ref<Protocol> make(input_archive& from) {
    return casty::detail::ref_access::make<Protocol>(
        checked(from.refs()).read_ref(from.bytes(), card_of<Protocol>()));
  }
};
template <class Answer>
struct maker<reply_to<Answer>> {
  static reply_to<Answer> make(input_archive& from) {
    ref_carrier& refs = checked(from.refs());
    return asker_by<Answer>(refs, refs.read_asker(from.bytes()));
  }
};

}  // namespace detail

// What cereal finds.

template <class Protocol>
void save(output_archive& archive, const actor_ref<Protocol>& ref) {
  detail::checked(archive.refs())
      .write_ref(archive.bytes(), casty::detail::ref_access::get(ref),
                 detail::card_of<Protocol>());
}
template <class Answer>
void save(output_archive& archive, const reply_to<Answer>& asker) {
  detail::checked(archive.refs()).write_asker(archive.bytes(), detail::hold(asker));
}
template <class Part>
  requires(!std::is_default_constructible_v<Part>)
void load(input_archive& archive, std::optional<Part>& into) {
  into.reset();
  if (const bool is_empty = archive.bytes().template read_number<bool>(); !is_empty) {
    into.emplace(detail::maker<Part>::make(archive));
  }
}
template <class Part, class Allocator>
  requires(!std::is_default_constructible_v<Part>)
void load(input_archive& archive, std::vector<Part, Allocator>& into) {
  into.clear();
  for (std::size_t left = archive.bytes().read_count(); left > 0; --left) {
    into.push_back(detail::maker<Part>::make(archive));
  }
}

/// As `encode`.
template <sendable Type>
void encode_sent(byte_buffer& to, const Type& value, ref_carrier& refs) {
  try {
    output_archive archive(to, &refs);
    archive(value);
  } catch (const cereal::Exception& failed) {
    detail::throw_not_encoded(detail::title_of<Type>, failed.what());
  }
}

/// As `decode`.
template <sendable Type>
[[nodiscard]] Type decode_sent(byte_view from, ref_carrier& refs) {
  try {
    input_archive archive(from, missing_fields::refused, &refs);
    Type value = detail::maker<Type>::make(archive);
    if (archive.bytes().left() != 0) [[unlikely]] {
      detail::throw_left_over(detail::title_of<Type>, archive.bytes().position(),
                              archive.bytes().left());
    }
    return value;
  } catch (const cereal::Exception& failed) {
    detail::throw_corrupt(detail::title_of<Type>, failed.what());
  }
}

}  // namespace casty::wire
