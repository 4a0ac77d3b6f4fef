/// @file
/// Asks under way: a `future` for ordinary threads, a `pending` for actors.
///
/// Layer: runtime. May include wire, config, core, meta.
#pragma once

#include <coroutine>
#include <type_traits>
#include <utility>

#include "casty/core/ask_block.hpp"
#include "casty/core/request.hpp"
#include "casty/core/result.hpp"

namespace casty {

namespace detail {

inline constexpr duration ask_timeout = duration::seconds(5);

// The block of an ask, with one claim on the answer for the request to be built.
[[nodiscard]] ask_block* open_ask(cell* asker, const message_operations& answer);
[[nodiscard]] ask_block* open_ask(engine* system, const message_operations& answer);

void set_timeout(ask_block* block, duration timeout) noexcept;

// The asker's side: what became of the ask, and the end of its interest.
[[nodiscard]] inline errc verdict_of(const ask_block* block) noexcept {
  return block->phase == ask_phase::ready ? block->failure : errc::timeout;
}
void let_go(ask_block* block) noexcept;

// Of an actor's ask.
void await_answer(ask_block* block, std::coroutine_handle<> waiting) noexcept;
void pipe_answer(ask_block* block, pipe* into) noexcept;

// Of a thread's ask. `then` is called once, by whatever thread ends the ask.
[[nodiscard]] bool answered(const ask_block* block) noexcept;
[[nodiscard]] errc wait_answer(ask_block* block);
[[nodiscard]] bool wait_answer_within(ask_block* block, duration longest);
void then_answer(ask_block* block, void* with, void (*then)(ask_block*, errc) noexcept);
void await_future(ask_block* block, std::coroutine_handle<> waiting);
[[nodiscard]] errc verdict_of_future(const ask_block* block) noexcept;
void pipe_future(ask_block* block, cell* self, pipe* into);

// Logs the exception in flight, of a callback.
void report_callback(const ask_block* of) noexcept;

template <class Answer>
[[nodiscard]] result<Answer> take_answer(ask_block* block, errc failure) {
  if (failure == errc{}) {
    return std::move(answer_in<Answer>(block));
  }
  return failure;
}

// Owns the asker's side of an ask.
class ask_handle {
 public:
  explicit ask_handle(ask_block* block) noexcept : block_(block) {}
  ask_handle(ask_handle&& other) noexcept : block_(other.release()) {}
  ask_handle& operator=(ask_handle&& other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~ask_handle() {
    if (block_ != nullptr) {
      let_go(block_);
    }
  }
  [[nodiscard]] ask_block* get() const noexcept { return block_; }
  [[nodiscard]] ask_block* release() noexcept { return std::exchange(block_, nullptr); }
  [[nodiscard]] ask_block* checked() const {
    if (block_ == nullptr) {
      throw_error(errc::already_taken);
    }
    return block_;
  }

 private:
  ask_block* block_;
};

// What `co_await` gives: the answer, or as `outcome()` a result. Not an aggregate: g++ 12
// destroys aggregate awaiters twice.
template <class Answer, bool Throws, bool OfThread>
class ask_awaiter {
 public:
  explicit ask_awaiter(ask_block* block) noexcept : handle_(block) {}

  [[nodiscard]] bool await_ready() const noexcept {
    return OfThread ? answered(handle_.get()) : handle_.get()->phase == ask_phase::ready;
  }
  void await_suspend(std::coroutine_handle<> waiting) {
    if constexpr (OfThread) {
      await_future(handle_.get(), waiting);
    } else {
      await_answer(handle_.get(), waiting);
    }
  }
  auto await_resume() {
    ask_block* block = handle_.get();
    const errc failure = OfThread ? verdict_of_future(block) : verdict_of(block);
    if constexpr (Throws) {
      if (failure != errc{}) {
        throw_error(failure);
      }
      return Answer(std::move(answer_in<Answer>(block)));
    } else {
      return take_answer<Answer>(block, failure);
    }
  }

 private:
  ask_handle handle_;
};

struct ask_access;

}  // namespace detail

/// The answer to an ask of an actor, still to come. To be awaited in a coroutine handler,
/// or handed to `ctx.pipe_to_self`; there is no blocking wait in an actor. Dropping it
/// gives up: the answer becomes a dead letter.
///
/// @thread  The actor that asked.
template <class Answer>
class [[nodiscard]] pending {
 public:
  /// Ends the ask with `errc::timeout` after `timeout` from now; 5 s unless said.
  pending within(duration timeout) && {
    detail::set_timeout(handle_.checked(), timeout);
    return std::move(*this);
  }

  /// Awaits a `result` in place of an exception.
  [[nodiscard]] auto outcome() && {
    (void)handle_.checked();
    return detail::ask_awaiter<Answer, false, false>(handle_.release());
  }

  /// Suspends the handler until the answer is there.
  /// @throws  `casty::error` of timeout, no_reply, dead_target, mailbox_full or
  ///          system_terminated.
  [[nodiscard]] auto operator co_await() && {
    (void)handle_.checked();
    return detail::ask_awaiter<Answer, true, false>(handle_.release());
  }

  template <class GetBlocksTheActorUseCoAwaitOrPipeToSelf = Answer>
  Answer get() = delete;
  template <class GetBlocksTheActorUseCoAwaitOrPipeToSelf = Answer>
  result<Answer> wait() = delete;

 private:
  friend detail::ask_access;
  explicit pending(detail::ask_block* block) noexcept : handle_(block) {}

  detail::ask_handle handle_;
};

/// The answer to an ask of an ordinary thread, still to come. One taker: whichever of
/// `get`, `wait`, `then`, `co_await` comes first takes the answer out; a second taker
/// gets `errc::already_taken`. Dropping it gives up.
///
/// @thread  Any, one at a time.
template <class Answer>
class [[nodiscard]] future {
 public:
  /// Ends the ask with `errc::timeout` after `timeout` from now; 5 s unless said.
  future within(duration timeout) && {
    detail::set_timeout(handle_.checked(), timeout);
    return std::move(*this);
  }

  /// Blocks until the answer is there.
  /// @throws  `casty::error`: timeout, no_reply, dead_target, mailbox_full,
  ///          system_terminated; would_block on a thread that runs actors, where the answer
  ///          stays to be awaited.
  Answer get() {
    detail::ask_block* block = handle_.checked();
    const errc failure = detail::wait_answer(block);
    const detail::ask_handle taken(std::move(handle_));
    if (failure != errc{}) {
      detail::throw_error(failure);
    }
    return Answer(std::move(detail::answer_in<Answer>(block)));
  }

  /// Blocks until there is an answer to be taken, or a failure, or until `longest` has passed:
  /// false then, and the ask goes on.
  /// @throws  `casty::error`: already_taken; would_block as `get`.
  [[nodiscard]] bool is_ready_within(duration longest) {
    return detail::wait_answer_within(handle_.checked(), longest);
  }

  /// As `get`, the failure as a value. Only would_block and already_taken are thrown.
  result<Answer> wait() {
    detail::ask_block* block = handle_.checked();
    const errc failure = detail::wait_answer(block);
    const detail::ask_handle taken(std::move(handle_));
    return detail::take_answer<Answer>(block, failure);
  }

  /// Calls `callback(result<Answer>)` once, on the thread that ends the ask; at once if it
  /// has ended. An exception of the callback is logged and goes no further.
  template <class Callback>
  void then(Callback callback) && {
    detail::ask_block* block = handle_.checked();
    detail::block_guard guard(detail::allocate_block(sizeof(Callback)), sizeof(Callback));
    ::new (guard.block) Callback(std::move(callback));
    void* with = std::exchange(guard.block, nullptr);
    (void)handle_.release();
    detail::then_answer(block, with, [](detail::ask_block* ended, errc failure) noexcept {
      const detail::ask_handle taken(ended);
      auto* call = static_cast<Callback*>(ended->waiting);
      try {
        (*call)(detail::take_answer<Answer>(ended, failure));
      } catch (...) {
        detail::report_callback(ended);
      }
      call->~Callback();
      detail::free_block(call, sizeof(Callback));
    });
  }

  /// Awaits a `result` in place of an exception. In a coroutine handler only.
  [[nodiscard]] auto outcome() && {
    (void)handle_.checked();
    return detail::ask_awaiter<Answer, false, true>(handle_.release());
  }

  /// Suspends a coroutine handler until the answer is there.
  [[nodiscard]] auto operator co_await() && {
    (void)handle_.checked();
    return detail::ask_awaiter<Answer, true, true>(handle_.release());
  }

 private:
  friend detail::ask_access;
  explicit future(detail::ask_block* block) noexcept : handle_(block) {}

  detail::ask_handle handle_;
};

namespace detail {

struct ask_access {
  template <class Ask>
  [[nodiscard]] static Ask make(ask_block* block) noexcept {
    return Ask(block);
  }
  template <class Ask>
  [[nodiscard]] static ask_block* take(Ask& ask) {
    (void)ask.handle_.checked();
    return ask.handle_.release();
  }
};

template <class Answer, class Asker>
[[nodiscard]] ask_block* open_ask_for(Asker* asker) {
  static_assert(alignof(Answer) <= block_unit,
                "casty::reply_to: an answer is aligned to more than 64 bytes; keep the "
                "over-aligned part behind a pointer");
  return open_ask(asker, answer_operations<Answer>);
}

// What a refused ask would have given.
template <template <class> class Ask, class Message>
using refused = Ask<typename answer_or_none<Message>::type>;

// Builds the request in its envelope and sends it.
template <template <class> class Ask, class Message, class Asker, class Protocol, class... Fields>
[[nodiscard]] auto ask_with_fields(Asker* asker, const actor_ref<Protocol>& ref,
                                   Fields&&... fields) {
  using answer = answer_of<Message>;
  constexpr unsigned before = reply_at<Message>;
  constexpr unsigned given = sizeof...(Fields);
  ask_block* block = open_ask_for<answer>(asker);
  Ask<answer> made = ask_access::make<Ask<answer>>(block);
  reply_to<answer> reply = reply_access::make<answer>(block);
  if constexpr (given < before) {
    fields_before_reply_to_are_missing<Message>::look_at_its_declaration();
  } else {
    using positions = std::make_integer_sequence<unsigned, given>;
    meta::argument_pack<positions, Fields...> pack{{std::forward<Fields>(fields)}...};
    const target& to = ref_access::get(ref);
    post_message(to, seal_with<Message>(to, ref_access::tag<Message>(ref), [&](void* at) {
      build_request<Message>(at, std::make_integer_sequence<unsigned, before>{},
                             std::make_integer_sequence<unsigned, given - before>{}, pack,
                             std::move(reply));
    }));
  }
  return made;
}

// The message is whatever `make` gives; any_reply turns into its reply_to.
template <template <class> class Ask, class Asker, class Protocol, class Make>
[[nodiscard]] auto ask_with_lambda(Asker* asker, const actor_ref<Protocol>& ref, Make& make) {
  using message = std::invoke_result_t<Make&, any_reply>;
  using answer = typename answer_or_none<message>::type;
  if constexpr (can_ask<message, Protocol>) {
    ask_block* block = open_ask_for<answer>(asker);
    Ask<answer> made = ask_access::make<Ask<answer>>(block);
    const reply_to<answer> first = reply_access::make<answer>(block);
    const target& to = ref_access::get(ref);
    post_message(to, seal_with<message>(to, ref_access::tag<message>(ref), [&](void* at) {
      ::new (at) message(make(any_reply(block)));
    }));
    return made;
  } else {
    lambda_makes_no_request_of<Protocol, message>::see();
    return ask_access::make<Ask<answer>>(nullptr);
  }
}

}  // namespace detail

}  // namespace casty
