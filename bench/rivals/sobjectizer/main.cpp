// SObjectizer: what casty's benches measure, under the same names.
#include "rivals/sobjectizer/support.hpp"

int main(int count, char** given) {
  const rival::rows rows(count, given);
  take_lives(rows);  // first, for memory that is new
  take_path(rows);
  take_programs(rows);
  return 0;
}
