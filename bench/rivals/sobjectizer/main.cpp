// SObjectizer: what casty's benches measure, under the same names.
#include <so_5/version.hpp>

#include "rivals/sobjectizer/support.hpp"

int main(int count, char** given) {
  const rival::rows rows(count, given);
  std::printf("# 5.%llu.%llu\n", SO_5_VERSION_MAJOR, SO_5_VERSION_MINOR);
  take_lives(rows);  // first, for memory that is new
  take_path(rows);
  take_programs(rows);
  return 0;
}
