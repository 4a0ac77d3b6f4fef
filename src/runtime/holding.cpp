// Output commit: the answers of an actor that handles a command leave when its events are
// durable. Until then they are kept, in the order in which they were given, by the heads of
// the asks that they answer.
//
// @source  Elnozahy, Alvisi, Wang & Johnson 2002, "A survey of rollback-recovery protocols":
//          the output commit problem.
#include "casty/core/holding.hpp"

#include "casty/core/ask_block.hpp"
#include "runtime/asking.hpp"
#include "runtime/cell.hpp"

namespace casty::detail {

void answer_hold::on() {
  (void)extension_of(actor_);
  actor_->flags |= holding;
}

void answer_hold::off() noexcept { actor_->flags &= static_cast<std::uint16_t>(~holding); }

void answer_hold::release() noexcept {
  off();
  while (!actor_->more->held.empty()) {
    ask_block* block = ask_of(actor_->more->held.pop());
    finish_answer(block, block->failure);
  }
}

void answer_hold::refuse(errc failure) noexcept {
  off();
  while (!actor_->more->held.empty()) {
    ask_block* block = ask_of(actor_->more->held.pop());
    destroy_answer(block);
    finish_answer(block, failure);
  }
}

}  // namespace casty::detail
