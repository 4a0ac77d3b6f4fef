/// @file
/// What cereal writes to and reads from here: byte buffers, with every length checked.
///
/// Layer: wire. May include core, meta. Includes cereal.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include <cereal/cereal.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>

#include "casty/wire/bytes.hpp"
#include "casty/wire/members.hpp"

namespace casty::wire {

/// Structs within structs, at most: what is deeper is refused by both sides, for decoding it would
/// take the stack of whoever reads.
inline constexpr unsigned nesting_max = 128;

namespace detail {

[[noreturn]] void throw_too_deep();
[[noreturn]] void throw_without_bytes();
[[noreturn]] void throw_other_fields(const byte_reader& at, std::uint64_t stored,
                                     std::uint64_t known);

}  // namespace detail

class ref_carrier;  // of the layer that sends between nodes

/// Writes. cereal's own: one object written through two `shared_ptr`s is written once.
class output_archive : public cereal::OutputArchive<output_archive> {
 public:
  explicit output_archive(byte_buffer& to, ref_carrier* refs = nullptr)
      : OutputArchive(this), to_(to), refs_(refs) {}

  [[nodiscard]] byte_buffer& bytes() noexcept { return to_; }
  // Null where addresses have no meaning.
  [[nodiscard]] ref_carrier* refs() noexcept { return refs_; }
  void enter() {
    if (++depth_ > nesting_max) [[unlikely]] {
      detail::throw_too_deep();
    }
  }
  void leave() noexcept { --depth_; }

 private:
  byte_buffer& to_;
  ref_carrier* refs_;
  unsigned depth_ = 0;
};

/// Whether bytes of a type that had fewer fields are read, the rest left as it is.
enum class missing_fields : bool { refused, defaulted };

/// Reads.
class input_archive : public cereal::InputArchive<input_archive> {
 public:
  explicit input_archive(byte_view from, missing_fields missing = missing_fields::refused,
                         ref_carrier* refs = nullptr)
      : InputArchive(this), from_(from), refs_(refs), missing_(missing) {}

  [[nodiscard]] byte_reader& bytes() noexcept { return from_; }
  [[nodiscard]] ref_carrier* refs() noexcept { return refs_; }
  void enter() {
    if (++depth_ > nesting_max) [[unlikely]] {
      from_.throw_bad("nested too deep");
    }
  }
  void leave() noexcept { --depth_; }
  /// How many of `known` fields are there.
  [[nodiscard]] std::uint64_t read_fields(std::uint64_t known) {
    const std::uint64_t stored = from_.read_varint();
    if (stored != known && (stored > known || missing_ == missing_fields::refused)) [[unlikely]] {
      detail::throw_other_fields(from_, stored, known);
    }
    return stored;
  }

 private:
  byte_reader from_;
  ref_carrier* refs_;
  unsigned depth_ = 0;
  missing_fields missing_;
};

// What cereal finds by the archives' namespace. The names are cereal's.

// Around each value: structs are counted, whoever writes them. Every type that holds itself holds
// itself through one. What cereal wraps values in is none.
template <class Type>
inline constexpr bool counts_as_struct = std::is_class_v<Type> && !detail::shaped<Type>;
template <class Value>
inline constexpr bool counts_as_struct<cereal::NameValuePair<Value>> = false;
template <class Size>
inline constexpr bool counts_as_struct<cereal::SizeTag<Size>> = false;
template <class Number>
inline constexpr bool counts_as_struct<cereal::BinaryData<Number>> = false;
template <class Key, class Value>
inline constexpr bool counts_as_struct<cereal::MapItem<Key, Value>> = false;
template <class Pointer>
inline constexpr bool counts_as_struct<cereal::memory_detail::PtrWrapper<Pointer>> = false;
template <class Part>
inline constexpr bool counts_as_struct<std::shared_ptr<Part>> = false;

template <class Type>
void prologue(output_archive& archive, const Type&) {
  if constexpr (counts_as_struct<Type>) {
    archive.enter();
  }
}
template <class Type>
void epilogue(output_archive& archive, const Type&) noexcept {
  if constexpr (counts_as_struct<Type>) {
    archive.leave();
  }
}
template <class Type>
void prologue(input_archive& archive, const Type&) {
  if constexpr (counts_as_struct<Type>) {
    archive.enter();
  }
}
template <class Type>
void epilogue(input_archive& archive, const Type&) noexcept {
  if constexpr (counts_as_struct<Type>) {
    archive.leave();
  }
}

template <portable_number Number>
void save(output_archive& archive, const Number& number) {
  archive.bytes().append_number(number);
}
template <portable_number Number>
void load(input_archive& archive, Number& number) {
  number = archive.bytes().read_number<Number>();
}

template <class Value>
void save(output_archive& archive, const cereal::NameValuePair<Value>& pair) {
  archive(pair.value);
}
template <class Value>
void load(input_archive& archive, cereal::NameValuePair<Value>& pair) {
  archive(pair.value);
}

template <class Size>
void save(output_archive& archive, const cereal::SizeTag<Size>& tag) {
  archive.bytes().append_varint(tag.size);
}
template <class Size>
void load(input_archive& archive, cereal::SizeTag<Size>& tag) {
  tag.size = static_cast<std::remove_reference_t<Size>>(archive.bytes().read_count());
}

template <class Number>
void save(output_archive& archive, const cereal::BinaryData<Number>& data) {
  using number = std::remove_cv_t<std::remove_pointer_t<std::remove_cvref_t<Number>>>;
  if constexpr (std::endian::native == std::endian::little || sizeof(number) == 1) {
    archive.bytes().append(data.data, static_cast<std::size_t>(data.size));
  } else {
    for (std::size_t at = 0; at < data.size / sizeof(number); ++at) {
      archive.bytes().append_number(static_cast<const number*>(data.data)[at]);
    }
  }
}
template <class Number>
void load(input_archive& archive, cereal::BinaryData<Number>& data) {
  using number = std::remove_cv_t<std::remove_pointer_t<std::remove_cvref_t<Number>>>;
  // Each bool is looked at: one of another value would be none.
  if constexpr (!std::is_same_v<number, bool> &&
                (std::endian::native == std::endian::little || sizeof(number) == 1)) {
    archive.bytes().read(data.data, static_cast<std::size_t>(data.size));
  } else {
    for (std::size_t at = 0; at < data.size / sizeof(number); ++at) {
      static_cast<number*>(data.data)[at] = archive.bytes().read_number<number>();
    }
  }
}

// What takes no byte is refused, as it is when it is read: a count would be all there is of it.
template <class Element>
void save_element(output_archive& archive, const Element& element) {
  archive(element);
}
template <class Key, class Value>
void save_element(output_archive& archive, const std::pair<const Key, Value>& element) {
  archive(element.first, element.second);
}
template <class Elements>
void save_elements(output_archive& archive, const Elements& elements) {
  archive.bytes().append_varint(elements.size());
  const std::size_t before = archive.bytes().size();
  for (const auto& each : elements) {
    save_element(archive, each);
  }
  if (archive.bytes().size() - before < elements.size()) [[unlikely]] {
    detail::throw_without_bytes();
  }
}
template <class Element, class Allocator>
  requires(!std::is_arithmetic_v<Element>)
void save(output_archive& archive, const std::vector<Element, Allocator>& elements) {
  save_elements(archive, elements);
}
template <class Element, class Allocator>
void save(output_archive& archive, const std::deque<Element, Allocator>& elements) {
  save_elements(archive, elements);
}
template <class Element, class Allocator>
void save(output_archive& archive, const std::list<Element, Allocator>& elements) {
  save_elements(archive, elements);
}
template <class Key, class Less, class Allocator>
void save(output_archive& archive, const std::set<Key, Less, Allocator>& elements) {
  save_elements(archive, elements);
}
template <class Key, class Less, class Allocator>
void save(output_archive& archive, const std::multiset<Key, Less, Allocator>& elements) {
  save_elements(archive, elements);
}
template <class Key, class Hash, class Equal, class Allocator>
void save(output_archive& archive,
          const std::unordered_set<Key, Hash, Equal, Allocator>& elements) {
  save_elements(archive, elements);
}
template <class Key, class Value, class Less, class Allocator>
void save(output_archive& archive, const std::map<Key, Value, Less, Allocator>& elements) {
  save_elements(archive, elements);
}
template <class Key, class Value, class Less, class Allocator>
void save(output_archive& archive, const std::multimap<Key, Value, Less, Allocator>& elements) {
  save_elements(archive, elements);
}
template <class Key, class Value, class Hash, class Equal, class Allocator>
void save(output_archive& archive,
          const std::unordered_map<Key, Value, Hash, Equal, Allocator>& elements) {
  save_elements(archive, elements);
}
// Element by element: memory is taken for what has been read, not for what is announced.
template <class Sequence>
void load_elements(input_archive& archive, Sequence& elements) {
  elements.clear();
  for (std::size_t left = archive.bytes().read_count(); left > 0; --left) {
    archive(elements.emplace_back());
  }
}
template <class Element, class Allocator>
  requires(!std::is_arithmetic_v<Element> && std::is_default_constructible_v<Element>)
void load(input_archive& archive, std::vector<Element, Allocator>& elements) {
  load_elements(archive, elements);
}
template <class Element, class Allocator>
void load(input_archive& archive, std::deque<Element, Allocator>& elements) {
  load_elements(archive, elements);
}
template <class Element, class Allocator>
void load(input_archive& archive, std::list<Element, Allocator>& elements) {
  load_elements(archive, elements);
}
// As cereal does, but no element more than there are bytes for.
template <class Number, class Allocator>
  requires(portable_number<Number> && !std::is_same_v<Number, bool>)
void load(input_archive& archive, std::vector<Number, Allocator>& numbers) {
  const std::size_t count = archive.bytes().read_count();
  if (count > archive.bytes().left() / sizeof(Number)) {
    archive.bytes().throw_bad("more numbers than bytes are left");
  }
  numbers.resize(count);
  archive(cereal::binary_data(numbers.data(), count * sizeof(Number)));
}

/// Aggregates, and structs that are adapted for Boost.Hana: field by field, after their number.
template <derived_layout Struct>
void save(output_archive& archive, const Struct& value) {
  archive.bytes().append_varint(member_count<Struct>);
  for_each_member(value, [&](const auto& field) { archive(field); });
}
template <derived_layout Struct>
void load(input_archive& archive, Struct& value) {
  std::uint64_t left = archive.read_fields(member_count<Struct>);
  for_each_member(value, [&](auto& field) {
    if (left > 0) {
      --left;
      archive(field);
    }
  });
}

}  // namespace casty::wire

CEREAL_SETUP_ARCHIVE_TRAITS(casty::wire::input_archive, casty::wire::output_archive)
