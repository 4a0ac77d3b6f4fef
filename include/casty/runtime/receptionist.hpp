/// @file
/// The receptionist: who offers which service, found by key instead of by ref.
///
/// Layer: runtime. May include wire, config, core, meta.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "casty/core/ref.hpp"
#include "casty/runtime/ask.hpp"

namespace casty {

class actor_system;
class receptionist;

namespace detail {

struct engine;
struct key_record;
struct snapshot;

void retain(const key_record* key) noexcept;
void release(const key_record* key) noexcept;
[[nodiscard]] const key_record* make_key(std::string_view name, const void* protocol);
[[nodiscard]] std::string_view name_of(const key_record* key) noexcept;
[[nodiscard]] bool are_same(const key_record* left, const key_record* right) noexcept;

void retain(const snapshot* shown) noexcept;
void release(const snapshot* shown) noexcept;
[[nodiscard]] const key_record* key_of(const snapshot* shown) noexcept;
[[nodiscard]] std::uint32_t size_of(const snapshot* shown) noexcept;
[[nodiscard]] const target& entry_of(const snapshot* shown, std::uint32_t position) noexcept;

// One of the holders of something that never changes and is counted.
template <class Thing>
class shared {
 public:
  // Takes over one claim.
  explicit shared(const Thing* held) noexcept : held_(held) {}
  shared(const shared& other) noexcept : held_(other.held_) {
    if (held_ != nullptr) {
      retain(held_);
    }
  }
  shared(shared&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  shared& operator=(shared other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~shared() {
    if (held_ != nullptr) {
      release(held_);
    }
  }
  [[nodiscard]] const Thing* get() const noexcept { return held_; }

 private:
  const Thing* held_;
};

// Its address stands for the protocol.
template <class Protocol>
inline constexpr char protocol_id = 0;

// How a listing reaches a subscriber, and the asker of a `find`.
using tell_listing = void (*)(const target& to, const shared<snapshot>& shown);
using answer_listing = void (*)(ask_block* to, const shared<snapshot>& shown);

[[nodiscard]] engine* engine_of(actor_system& system) noexcept;
void register_service(engine* system, const shared<key_record>& key, const target& actor);
void deregister_service(engine* system, const shared<key_record>& key, const target& actor);
void subscribe_service(engine* system, const shared<key_record>& key, const target& to,
                       tell_listing tell);
void unsubscribe_service(engine* system, const shared<key_record>& key, const target& to);
void find_services(engine* system, const shared<key_record>& key, ask_block* asked,
                   answer_listing answer);

struct service_access;

}  // namespace detail

/// Names a service that actors of `Protocol` offer. Two keys are the same when both the name
/// and the protocol are: keys of one name and different protocols never meet.
template <class Protocol>
class service_key {
 public:
  explicit service_key(std::string_view name)
      : key_(detail::make_key(name, &detail::protocol_id<Protocol>)) {}

  [[nodiscard]] std::string_view name() const noexcept { return detail::name_of(key_.get()); }

  friend bool operator==(const service_key& left, const service_key& right) noexcept {
    return detail::are_same(left.key_.get(), right.key_.get());
  }

 private:
  friend detail::service_access;
  explicit service_key(detail::shared<detail::key_record> key) noexcept : key_(std::move(key)) {}

  detail::shared<detail::key_record> key_;
};

/// The actors registered under one key at one moment, in the order of their registration.
/// A value, and a message; copies share what they show.
template <class Protocol>
class listing {
 public:
  class iterator {
   public:
    // Of these std::iterator_traits makes the rest; to say it would take <iterator>, as dear
    // as all of casty.
    using value_type = actor_ref<Protocol>;
    using difference_type = std::ptrdiff_t;

    iterator(const detail::snapshot* of, std::uint32_t at) noexcept : of_(of), at_(at) {}
    [[nodiscard]] actor_ref<Protocol> operator*() const noexcept {
      return detail::ref_access::make<Protocol>(detail::entry_of(of_, at_));
    }
    iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    iterator operator++(int) noexcept { return {of_, at_++}; }
    friend bool operator==(const iterator&, const iterator&) noexcept = default;

   private:
    const detail::snapshot* of_;
    std::uint32_t at_;
  };

  [[nodiscard]] service_key<Protocol> key() const noexcept;
  [[nodiscard]] std::uint32_t size() const noexcept { return detail::size_of(shown_.get()); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// @param position  Less than `size()`.
  [[nodiscard]] actor_ref<Protocol> operator[](std::uint32_t position) const noexcept {
    return *iterator(shown_.get(), position);
  }
  [[nodiscard]] bool contains(const any_ref& actor) const noexcept {
    for (const actor_ref<Protocol>& each : *this) {
      if (actor == each) {
        return true;
      }
    }
    return false;
  }
  [[nodiscard]] iterator begin() const noexcept { return {shown_.get(), 0}; }
  [[nodiscard]] iterator end() const noexcept { return {shown_.get(), size()}; }

 private:
  friend detail::service_access;
  explicit listing(detail::shared<detail::snapshot> shown) noexcept : shown_(std::move(shown)) {}

  detail::shared<detail::snapshot> shown_;
};

namespace detail {

struct service_access {
  template <class Protocol>
  [[nodiscard]] static const shared<key_record>& get(const service_key<Protocol>& key) noexcept {
    return key.key_;
  }
  template <class Protocol>
  [[nodiscard]] static service_key<Protocol> make_key(const key_record* key) noexcept {
    retain(key);
    return service_key<Protocol>(shared<key_record>(key));
  }
  template <class Protocol>
  static void tell(const target& to, const shared<snapshot>& shown) {
    ref_access::answer<listing<Protocol>>(to, listing<Protocol>(shown));
  }
  template <class Protocol>
  static void answer(ask_block* to, const shared<snapshot>& shown) {
    reply_access::make<listing<Protocol>>(to).tell(listing<Protocol>(shown));
  }
};

// Part of a call that may not compile, by a plain truth: see `can_ask`.
template <class Part, class Whole>
inline constexpr bool serves = part_of<Part, Whole>;

}  // namespace detail

template <class Protocol>
service_key<Protocol> listing<Protocol>::key() const noexcept {
  return detail::service_access::make_key<Protocol>(detail::key_of(shown_.get()));
}

/// A system's register of services: `casty::receptionist(system).register_service(key, ref)`.
/// A light handle; none of its functions blocks. What one thread or actor says to it is done
/// in that order.
///
/// @thread  Any, also from within actors.
class receptionist {
 public:
  explicit receptionist(actor_system& system) noexcept : system_(detail::engine_of(system)) {}

  /// Lists `actor` under `key` until it is deregistered or stops. Once, however often it is
  /// registered.
  ///
  /// @throws  Each function, when it is the first that the system sees: `casty::error` of
  ///          system_terminated.
  template <class Protocol, class Other>
    requires detail::serves<Protocol, Other>
  void register_service(const service_key<Protocol>& key, const actor_ref<Other>& actor) const {
    detail::register_service(system_, detail::service_access::get(key),
                             detail::ref_access::get(actor_ref<Protocol>(actor)));
  }
  template <class Protocol, class LacksMessagesOfTheKey>
    requires(!detail::serves<Protocol, LacksMessagesOfTheKey>)
  void register_service(const service_key<Protocol>& key,
                        const actor_ref<LacksMessagesOfTheKey>& actor) const = delete;

  /// Takes `actor` off the list of `key`; does nothing when it is not there.
  template <class Protocol, class Other>
  void deregister(const service_key<Protocol>& key, const actor_ref<Other>& actor) const {
    detail::deregister_service(system_, detail::service_access::get(key),
                               detail::ref_access::get(actor));
  }

  /// Who is registered under `key`. In an actor, `co_await` it or pass it to `pipe_to_self`.
  template <class Protocol>
  [[nodiscard]] future<listing<Protocol>> find(const service_key<Protocol>& key) const {
    detail::ask_block* asked = detail::open_ask_for<listing<Protocol>>(system_);
    auto made = detail::ask_access::make<future<listing<Protocol>>>(asked);
    detail::find_services(system_, detail::service_access::get(key), asked,
                          &detail::service_access::answer<Protocol>);
    return made;
  }

  /// Sends `subscriber` the listing of `key` at once, and again after each change, until it
  /// unsubscribes or stops. One for which its mailbox has no room is a dead letter.
  template <class Protocol, class Subscriber>
    requires accepts<Subscriber, listing<Protocol>>
  void subscribe(const service_key<Protocol>& key,
                 const actor_ref<Subscriber>& subscriber) const {
    detail::subscribe_service(
        system_, detail::service_access::get(key),
        detail::ref_access::get(actor_ref<listing<Protocol>>(subscriber)),
        &detail::service_access::tell<Protocol>);
  }
  template <class Protocol, class LacksTheListing>
    requires(!accepts<LacksTheListing, listing<Protocol>>)
  void subscribe(const service_key<Protocol>& key,
                 const actor_ref<LacksTheListing>& subscriber) const = delete;

  template <class Protocol, class Subscriber>
  void unsubscribe(const service_key<Protocol>& key,
                   const actor_ref<Subscriber>& subscriber) const {
    detail::unsubscribe_service(system_, detail::service_access::get(key),
                                detail::ref_access::get(subscriber));
  }

 private:
  detail::engine* system_;
};

}  // namespace casty
