/// @file
/// What the programs for SObjectizer share.
#pragma once

#include <so_5/all.hpp>

#include "rivals/rival.hpp"

/// An environment whose agents run on so many threads: one by the dispatcher that is made for
/// one, several by a pool in which each agent has its own queue.
class environment_of {
 public:
  explicit environment_of(const rival::rows& rows)
      : binder(rows.workers() == 1
                   ? so_5::disp::one_thread::make_dispatcher(all.environment()).binder()
                   : so_5::disp::thread_pool::make_dispatcher(all.environment(), rows.workers())
                         .binder(so_5::disp::thread_pool::bind_params_t{}
                                     .fifo(so_5::disp::thread_pool::fifo_t::individual)
                                     .max_demands_at_once(64))) {}
  ~environment_of() { all.stop_then_join(); }

  environment_of(const environment_of&) = delete;
  environment_of& operator=(const environment_of&) = delete;

  [[nodiscard]] so_5::environment_t& environment() { return all.environment(); }

 private:
  so_5::wrapped_env_t all;

 public:
  so_5::disp_binder_shptr_t binder;
};

void take_path(const rival::rows& rows);
void take_lives(const rival::rows& rows);
void take_programs(const rival::rows& rows);
