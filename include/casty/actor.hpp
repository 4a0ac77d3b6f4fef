/// @file
/// What a program of actors includes: all of casty-core but its test kit.
#pragma once

// First, and in this order: where their errors arise, the chain of includes is short.
#include "casty/core/envelope.hpp"  // IWYU pragma: keep
#include "casty/core/protocol.hpp"  // IWYU pragma: export
#include "casty/core/ref.hpp"       // IWYU pragma: export
#include "casty/core/request.hpp"   // IWYU pragma: export

#include "casty/core/behaviors.hpp"   // IWYU pragma: export
#include "casty/core/error.hpp"       // IWYU pragma: export
#include "casty/core/reply_to.hpp"    // IWYU pragma: export
#include "casty/core/result.hpp"      // IWYU pragma: export
#include "casty/core/task.hpp"        // IWYU pragma: export
#include "casty/core/terminated.hpp"  // IWYU pragma: export
#include "casty/core/version.hpp"     // IWYU pragma: export
#include "casty/runtime/context.hpp"  // IWYU pragma: export
#include "casty/runtime/events.hpp"   // IWYU pragma: export
#include "casty/runtime/log.hpp"      // IWYU pragma: export
#include "casty/runtime/system.hpp"   // IWYU pragma: export
