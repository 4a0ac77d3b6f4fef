/// @file
/// Waits that last as long as they must, and see signals all the same.
#pragma once

#include <functional>
#include <utility>

#include "casty/actor.hpp"

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

}  // namespace ledger
