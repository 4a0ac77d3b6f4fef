// Writes the layouts of the types of CASTY_LOCKED_PROTOCOLS into the file that is named.
#include <cstdio>
#include <fstream>

#include "casty/wire/schema_lock.hpp"
#include CASTY_LOCKED_HEADER

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: write_schema_lock FILE\n", stderr);
    return 2;
  }
  std::ofstream to(words[1]);
  to << casty::wire::schema_lock<CASTY_LOCKED_PROTOCOLS>();
  return to.flush() ? 0 : 1;
}
