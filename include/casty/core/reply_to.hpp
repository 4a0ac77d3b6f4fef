/// @file
/// Where an answer goes: an ask that waits, an actor, or nobody.
///
/// Layer: core. May include meta.
#pragma once

#include <type_traits>
#include <utility>

#include "casty/core/ask_block.hpp"
#include "casty/core/ref.hpp"

namespace casty {

namespace detail {

struct reply_access;

}  // namespace detail

/// Says in place of a `reply_to` that nobody waits for the answer.
struct ignored_t {
  explicit constexpr ignored_t() noexcept = default;
};
inline constexpr ignored_t ignored{};

/// The way back for the answer to a request. In a message it makes the message a
/// request whose answer type the compiler knows.
///
/// The first answer through any copy reaches the asker; later ones are dead letters.
/// When the last copy is destroyed unanswered, the ask fails with `errc::no_reply`.
///
/// @tparam Answer  What is answered.
/// @thread         Distinct copies may be used by distinct threads.
template <class Answer>
class reply_to {
 public:
  /// Nobody waits.
  reply_to(ignored_t) noexcept : reply_to(nullptr, 0, nobody) {}

  /// The answer becomes an ordinary message of an actor that accepts it.
  template <class Protocol>
    requires accepts<Protocol, Answer>
  reply_to(const actor_ref<Protocol>& actor) {
    const detail::target to = detail::ref_access::get(actor_ref<Answer>(actor));
    to_ = to.actor;
    generation_ = to.generation;
    table_ = to.table;
  }

  reply_to(const reply_to& other) noexcept
      : reply_to(other.to_, other.generation_, other.table_) {
    if (table_ == asked) {
      detail::add_claim(block());
    }
  }
  reply_to(reply_to&& other) noexcept : reply_to(other.to_, other.generation_, other.table_) {
    if (table_ == asked) {
      other.to_ = other.block()->home;
      other.table_ = spent;
    }
  }
  reply_to& operator=(reply_to other) noexcept {
    std::swap(to_, other.to_);
    std::swap(generation_, other.generation_);
    std::swap(table_, other.table_);
    return *this;
  }
  ~reply_to() {
    if (table_ == asked) {
      detail::drop_claim(block());
    }
  }

  /// Answers. A second answer, one that comes after the asker gave up, and one for an actor
  /// whose mailbox is full are dead letters.
  void tell(Answer answer) const {
    if (table_ == asked) {
      table_ = spent;
      detail::ask_block* const asker = block();
      to_ = asker->home;
      give(asker, std::move(answer));
    } else if (table_ == spent) {
      detail::refuse_answer(static_cast<detail::port*>(to_), detail::answer_operations<Answer>);
    } else if (table_ != nobody) {
      detail::ref_access::answer<Answer>({static_cast<detail::cell*>(to_), generation_, table_},
                                         std::move(answer));
    }
  }

 private:
  friend detail::reply_access;

  // In place of the number of a table, which is small.
  static constexpr std::uint32_t asked = UINT32_MAX;
  static constexpr std::uint32_t nobody = UINT32_MAX - 1;
  static constexpr std::uint32_t spent = UINT32_MAX - 2;

  reply_to(void* to, std::uint32_t generation, std::uint32_t table) noexcept
      : to_(to), generation_(generation), table_(table) {}

  [[nodiscard]] detail::ask_block* block() const noexcept {
    return static_cast<detail::ask_block*>(to_);
  }

  static void give(detail::ask_block* to, Answer&& answer) {
    if (!detail::begin_answer(to, detail::answer_operations<Answer>)) {
      return;
    }
    void* at = &detail::answer_in<Answer>(to);
    if constexpr (std::is_nothrow_move_constructible_v<Answer>) {
      ::new (at) Answer(std::move(answer));
    } else {
      try {
        ::new (at) Answer(std::move(answer));
      } catch (...) {
        detail::finish_answer(to, errc::no_reply);
        throw;
      }
    }
    detail::finish_answer(to, errc{});
  }

  mutable void* to_;  // an actor, the block of an ask, or the home of one answered
  std::uint32_t generation_;
  mutable std::uint32_t table_;
};

namespace detail {

struct reply_access {
  template <class Answer>
  [[nodiscard]] static reply_to<Answer> make(ask_block* ask) noexcept {
    return reply_to<Answer>(ask, 0, reply_to<Answer>::asked);
  }
  // In place of an answer; nothing where nobody asked.
  template <class Answer>
  static void fail(const reply_to<Answer>& asker, errc why) noexcept {
    if (asker.table_ == reply_to<Answer>::asked) {
      asker.table_ = reply_to<Answer>::spent;
      ask_block* const block = asker.block();
      asker.to_ = block->home;
      if (begin_answer(block, answer_operations<Answer>)) {
        finish_answer(block, why);
      }
    }
  }
};

}  // namespace detail

}  // namespace casty
