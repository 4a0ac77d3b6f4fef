/// @file
/// Waits that last as long as they must, and see signals all the same.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "casty/actor.hpp"

#include "ledger/failure_note.hpp"

namespace ledger {

/// The answer, however long it takes.
///
/// @param look  Is called about once a second meanwhile, and may throw: then the ask is given up.
template <class Answer>
[[nodiscard]] casty::result<Answer> wait_with_looks(casty::future<Answer> asked,
                                                    const std::function<void()>& look) {
  constexpr casty::duration look_after = casty::duration::seconds(1);
  asked = std::move(asked).within(casty::duration::max());
  while (!asked.is_ready_within(look_after)) {
    look();
  }
  return asked.wait();
}

/// The same of an actor that goes by a journal.
///
/// @throws  std::runtime_error that says why there is none.
template <class Answer>
[[nodiscard]] Answer answer_of(casty::actor_system& system, const failure_note& failure,
                               casty::future<Answer> asked, const std::function<void()>& look) {
  casty::result<Answer> answer = wait_with_looks(std::move(asked), look);
  if (!answer) {
    failure.explain(system,
                    "the journal gives no answer: " + std::string(to_string(answer.error())));
  }
  return std::move(*answer);
}

}  // namespace ledger
