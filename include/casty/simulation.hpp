/// @file
/// A whole cluster in one thread and virtual time, drawn from a seed.
#pragma once

#include "casty/simulation/cluster.hpp"
#include "casty/simulation/faults.hpp"
#include "casty/simulation/node.hpp"
#include "casty/simulation/run.hpp"
