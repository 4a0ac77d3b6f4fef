/// @file
/// The message that tells a watcher of an actor's end.
///
/// Layer: core.
#pragma once

#include "casty/core/address.hpp"

namespace casty {

/// Sent once to each watcher of an actor that has stopped, after its `post_stop`. An
/// actor whose protocol accepts it may use `ctx.watch`.
struct terminated {
  any_ref ref;  ///< the actor that is gone, with its path
};

}  // namespace casty
