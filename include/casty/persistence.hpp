/// @file
/// What a program of event-sourced actors includes, beside `casty/actor.hpp`. Apart from it, for
/// serialization is dear to compile.
#pragma once

#include "casty/actor.hpp"                       // IWYU pragma: export
#include "casty/persistence/effect.hpp"          // IWYU pragma: export
#include "casty/persistence/event_sourcing.hpp"  // IWYU pragma: export
#include "casty/persistence/journal.hpp"         // IWYU pragma: export
#include "casty/persistence/projection.hpp"      // IWYU pragma: export
#include "casty/persistence/sqlite_journal.hpp"  // IWYU pragma: export
