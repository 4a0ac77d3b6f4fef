#include "runtime/room.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "casty/core/reply_to.hpp"
#include "casty/runtime/ask.hpp"
#include "runtime/asking.hpp"
#include "runtime/dead_letters.hpp"
#include "runtime/engine.hpp"

namespace casty::detail {

namespace {

// What senders with backpressure look at. The words live as long as the program, for a stale
// ref may lead to one.
//
// Invariants: the upper half is a ticket, new for each actor that has the word, 0 while none
// has it or its actor takes no more; the lower half counts messages reserved and not yet
// taken. Only the actor's thread changes the ticket. A sender reads the word, then sees
// whether its actor still lives and has the word: then the ticket read is that actor's, and
// a CAS from what was read counts for that actor or fails.
struct room_word {
  std::atomic<std::uint64_t> state{0};
  std::atomic<std::uint32_t> capacity{0};
};

constexpr unsigned chunk_bits = 12;
constexpr std::size_t chunk_size = std::size_t{1} << chunk_bits;
constexpr std::size_t chunks_max = std::size_t{1} << (32 - chunk_bits);

// Written under the lock; read, atomically, by whoever got a number that leads there.
room_word* chunks[chunks_max];

struct room_table {
  std::mutex guard;
  std::vector<std::uint32_t> free;
  std::uint32_t used = 1;  // 0: no word
  std::uint32_t last_ticket = 0;
};

room_table& rooms() {
  static auto* const all = new room_table;  // static destructors may send
  return *all;
}

room_word& word_at(std::uint32_t number) noexcept {
  return __atomic_load_n(&chunks[number >> chunk_bits],
                         __ATOMIC_ACQUIRE)[number & (chunk_size - 1)];
}

std::uint32_t take_word(std::uint32_t capacity) {
  room_table& all = rooms();
  const std::lock_guard lock(all.guard);
  std::uint32_t number = 0;
  if (!all.free.empty()) {
    number = all.free.back();
    all.free.pop_back();
  } else {
    if (all.used == UINT32_MAX) {
      throw std::bad_alloc();
    }
    room_word*& chunk = chunks[all.used >> chunk_bits];
    if (chunk == nullptr) {
      all.free.reserve(all.free.capacity() + chunk_size);  // so that giving back cannot fail
      __atomic_store_n(&chunk, new room_word[chunk_size], __ATOMIC_RELEASE);
    }
    number = all.used++;
  }
  room_word& word = word_at(number);
  word.capacity.store(capacity, std::memory_order_relaxed);
  all.last_ticket += all.last_ticket == UINT32_MAX ? 2 : 1;
  word.state.store(std::uint64_t{all.last_ticket} << 32, std::memory_order_release);
  return number;
}

void give_word(std::uint32_t number) noexcept {
  room_table& all = rooms();
  const std::lock_guard lock(all.guard);
  all.free.push_back(number);
}

enum class room_state : std::uint8_t { reserved, full, gone };

bool has_word(const target& actor, std::uint32_t number) noexcept {
  return __atomic_load_n(&actor.actor->room, __ATOMIC_ACQUIRE) == number &&
         __atomic_load_n(&actor.actor->generation, __ATOMIC_ACQUIRE) == actor.generation;
}

constexpr std::uint32_t count_in(std::uint64_t state) noexcept {
  return static_cast<std::uint32_t>(state);
}

room_state reserve(const target& to) noexcept {
  const std::uint32_t number = __atomic_load_n(&to.actor->room, __ATOMIC_ACQUIRE);
  if (number == 0) {
    return room_state::gone;
  }
  room_word& word = word_at(number);
  std::uint64_t seen = word.state.load(std::memory_order_acquire);
  do {
    if (seen >> 32 == 0 || !has_word(to, number)) {
      return room_state::gone;
    }
    if (count_in(seen) >= word.capacity.load(std::memory_order_relaxed)) {
      return room_state::full;
    }
  } while (!word.state.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel,
                                             std::memory_order_acquire));
  return room_state::reserved;
}

void unreserve(const target& to) noexcept {
  const std::uint32_t number = __atomic_load_n(&to.actor->room, __ATOMIC_ACQUIRE);
  if (number == 0) {
    return;
  }
  room_word& word = word_at(number);
  std::uint64_t seen = word.state.load(std::memory_order_acquire);
  while (count_in(seen) != 0 && has_word(to, number) &&
         !word.state.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel,
                                           std::memory_order_acquire)) {
  }
}

// What a sender is told whose message has been let in. No answer: one that came for a sender
// that waits no more would be a dead letter.
struct accepted {};
constexpr errc let_in = errc::no_reply;

void answer_sender(ask_block* sender, errc failure) noexcept {
  if (begin_answer(sender, answer_operations<accepted>)) {
    finish_answer(sender, failure);
  }
}

void admit(worker& here, offer& waiting) noexcept {
  envelope* sealed = std::exchange(waiting.sealed, nullptr);
  sealed->flags |= envelope::has_room;
  here.deliver(sealed);
  answer_sender(std::exchange(waiting.sender, nullptr), let_in);
}

// Those that wait have what room there is.
void admit_waiting(worker& here, cell* actor) noexcept {
  mailbox_bound& bound = *actor->more->bound;
  while (!bound.offers.empty() && reserve(target_of(actor)) == room_state::reserved) {
    offer first = std::move(bound.offers.front());
    bound.offers.pop_front();
    admit(here, first);
  }
}

void refuse(worker& here, offer& waiting, dead_letter_reason reason) noexcept {
  ++here.arrived;
  here.bury(std::exchange(waiting.sealed, nullptr), reason);
  answer_sender(std::exchange(waiting.sender, nullptr), errc::dead_target);
}

}  // namespace

offer::~offer() {
  if (sealed != nullptr) {
    bury(nullptr, sealed, dead_letter_reason::system_terminated);
  }
  if (sender != nullptr) {
    answer_sender(sender, errc::system_terminated);
  }
}

void bind_mailbox(cell* actor, const mailbox& to) {
  auto made = std::make_unique<mailbox_bound>();
  made->capacity = to.capacity;
  made->overflow = to.overflow;
  if (to.overflow == overflow::backpressure) {
    made->record = take_word(to.capacity);
    __atomic_store_n(&actor->room, made->record, __ATOMIC_RELEASE);
  }
  extension_of(actor).bound = std::move(made);
  actor->flags |= bounded;
}

void unbind_mailbox(worker& here, cell* actor) noexcept {
  if ((actor->flags & bounded) == 0) {
    return;
  }
  mailbox_bound& bound = *actor->more->bound;
  if (bound.record != 0) {
    word_at(bound.record).state.store(0, std::memory_order_release);
  }
  while (!bound.offers.empty()) {
    offer first = std::move(bound.offers.front());
    bound.offers.pop_front();
    refuse(here, first, dead_letter_reason::stopped);
  }
}

void free_bound(cell* actor) noexcept {
  if ((actor->flags & bounded) != 0 && actor->more->bound->record != 0) {
    store(actor->room, 0U);
    word_at(actor->more->bound->record).state.store(0, std::memory_order_release);
    give_word(actor->more->bound->record);
  }
}

bool take_room(cell* actor, envelope* sealed, envelope*& displaced) noexcept {
  mailbox_bound& bound = *actor->more->bound;
  if (sealed->kind != envelope_kind::message) {
    return true;
  }
  if (bound.overflow == overflow::backpressure) {
    if ((sealed->flags & envelope::has_room) == 0 &&
        reserve(target_of(actor)) != room_state::reserved) {
      return false;
    }
  } else if (bound.waiting < bound.capacity) {
    ++bound.waiting;
  } else if (bound.overflow == overflow::drop_new) {
    return false;
  } else {
    displaced = actor->mail.take_first(envelope_kind::counted);
  }
  sealed->kind = envelope_kind::counted;
  return true;
}

void leave_room(worker& here, cell* actor) noexcept {
  mailbox_bound& bound = *actor->more->bound;
  if (bound.record == 0) {
    --bound.waiting;
    return;
  }
  unreserve(target_of(actor));
  admit_waiting(here, actor);
}

void count_waiting(cell* actor) {
  if ((actor->flags & bounded) == 0) {
    bind_mailbox(actor, {.capacity = UINT32_MAX - 1, .overflow = overflow::drop_new});
  }
}

std::uint32_t waiting_at(const worker& here, const target& actor) noexcept {
  const cell* at = actor.actor;
  const std::uint32_t number = __atomic_load_n(&at->room, __ATOMIC_ACQUIRE);
  const std::uint64_t state =
      number == 0 ? 0 : word_at(number).state.load(std::memory_order_acquire);
  if (load(at->owner) != here.entry) {
    return has_word(actor, number) ? count_in(state) : 0;
  }
  if (load(at->generation) != actor.generation || (at->flags & bounded) == 0) {
    return 0;
  }
  const std::uint32_t held = (at->flags & (waiting | restarting)) != 0 ? 1 : 0;
  return held + (number == 0 ? at->more->bound->waiting : count_in(state));
}

void obey_offer(worker& here, cell* actor, offer& made) noexcept {
  if (actor == nullptr) {
    refuse(here, made, dead_letter_reason::no_such_actor);
  } else if ((actor->flags & ending) != 0 || (actor->flags & bounded) == 0) {
    refuse(here, made, dead_letter_reason::stopped);
  } else if (actor->more->bound->offers.empty() &&
             reserve(target_of(actor)) == room_state::reserved) {
    admit(here, made);
  } else {
    actor->more->bound->offers.push_back(std::move(made));
  }
}

bool reserve_room(const target& to) noexcept { return reserve(to) != room_state::full; }

void admit(const target& to, envelope* open) {
  open->tag = translate(to.table, open->tag);
  if ((to.table & may_refuse) == 0) {
    return;
  }
  if (!reserve_room(to)) {
    free_envelope(open);
    throw error(errc::mailbox_full, any_ref(to).path());
  }
  open->flags = envelope::has_room;
}

void withdraw(const target& to, envelope* open) noexcept {
  if ((open->flags & envelope::has_room) != 0) {
    return_room(to);
  }
  free_envelope(open);
}

void return_room(const target& to) noexcept {
  unreserve(to);
  // A sender may have begun to wait for this room, with no message left to make more.
  post(make_order<nothing>(order::room, to));
}

void obey_room(worker& here, cell* actor) noexcept {
  if ((actor->flags & ending) == 0 && (actor->flags & bounded) != 0) {
    admit_waiting(here, actor);
  }
}

void post_if_room(const target& to, envelope* sealed) noexcept {
  if ((to.table & may_refuse) != 0 && reserve(to) == room_state::reserved) {
    sealed->flags |= envelope::has_room;
  }
  post(sealed);
}

ask_block* offer_message(envelope* sealed, std::coroutine_handle<> waiting) {
  worker& here = *worker::current();
  if (sealed->actor == here.running) {
    discard(sealed);
    throw error(errc::mailbox_full, "an actor that waits makes no room in its own mailbox");
  }
  ask_block* block = open_ask(here.running, answer_operations<accepted>);
  cancel_timeout(block);  // it waits as long as it takes
  await_answer(block, waiting);
  post(make_order<offer>(order::offer, {sealed->actor, sealed->generation, 0}, sealed, block));
  return block;
}

void conclude_offer(ask_block* offered) {
  const errc failure = verdict_of(offered);
  let_go(offered);
  if (failure != let_in) {
    throw_error(failure);
  }
}

void abandon_offer(ask_block* offered) noexcept { let_go(offered); }

}  // namespace casty::detail
