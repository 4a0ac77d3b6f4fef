/// @file
/// What a program of several nodes includes, in place of `casty/actor.hpp`.
#pragma once

#include "casty/actor.hpp"           // IWYU pragma: export
#include "casty/cluster/events.hpp"  // IWYU pragma: export
#include "casty/cluster/system.hpp"  // IWYU pragma: export
