/// @file
/// What the programs for CAF share.
#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_from_state.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/anon_mail.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <caf/scheduler.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "rivals/rival.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(rivals, caf::first_custom_type_id)
CAF_ADD_ATOM(rivals, go_atom)
CAF_ADD_ATOM(rivals, next_atom)
CAF_ADD_ATOM(rivals, item_atom)
CAF_ADD_ATOM(rivals, done_atom)
CAF_ADD_ATOM(rivals, end_atom)
CAF_ADD_ATOM(rivals, meet_atom)
CAF_ADD_ATOM(rivals, change_atom)
CAF_ADD_ATOM(rivals, hit_atom)
CAF_ADD_ATOM(rivals, back_atom)
CAF_ADD_ATOM(rivals, debit_atom)
CAF_ADD_ATOM(rivals, credit_atom)
CAF_END_TYPE_ID_BLOCK(rivals)

template <class... Signatures>
struct trait_of {
  using signatures = caf::type_list<Signatures...>;
};
template <class... Signatures>
using typed = caf::typed_actor<trait_of<Signatures...>>;

/// A system with so many workers.
class system_of {
 public:
  explicit system_of(const rival::rows& rows) : system(configure(config_, rows)) {}

 private:
  static caf::actor_system_config& configure(caf::actor_system_config& config,
                                             const rival::rows& rows) {
    config.set("caf.scheduler.max-threads", rows.workers());
    return config;
  }

  caf::actor_system_config config_;

 public:
  caf::actor_system system;
};

void take_far(const rival::rows& rows);
void take_path(const rival::rows& rows);
void take_lives(const rival::rows& rows);
void take_programs(const rival::rows& rows);
