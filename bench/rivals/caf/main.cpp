// CAF, by typed actors: what casty's benches measure, under the same names.
#include <caf/config.hpp>
#include <caf/io/middleman.hpp>

#include "rivals/caf/support.hpp"

int main(int count, char** given) {
  const rival::rows rows(count, given);
  std::printf("# %s\n", CAF_VERSION_STR);
  caf::init_global_meta_objects<caf::id_block::rivals>();
  caf::io::middleman::init_global_meta_objects();
  caf::core::init_global_meta_objects();
  take_lives(rows);  // first, for memory that is new
  take_path(rows);
  take_programs(rows);
  take_far(rows);
  std::fflush(stdout);
  std::_Exit(0);  // it leaves a system behind
}
