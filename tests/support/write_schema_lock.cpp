// Writes the layouts of the locked types into the file that is named.
#include <cstdio>
#include <fstream>

#include "casty/wire/schema_lock.hpp"
#include "support/locked_types.hpp"

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: write_schema_lock FILE\n", stderr);
    return 2;
  }
  std::ofstream to(words[1]);
  to << casty::wire::schema_lock<locked::Events, locked::Others>();
  return to.flush() ? 0 : 1;
}
