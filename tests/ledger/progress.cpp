#include "ledger/progress.hpp"

#include <doctest/doctest.h>

namespace {

using ledger::progress_text;

TEST_CASE("ledger/progress: share, lines, rate and time left are shown") {
  CHECK(progress_text({.lines = 5000, .done = 25, .total = 100, .seconds = 10}, false) ==
        "25 %, 5000 lines, 500 a second, 0:30 left");
  CHECK(progress_text({.lines = 5000, .done = 25, .total = 100, .seconds = 30}, true) ==
        "[######..................] 25 %, 5000 lines, 166 a second, 1:30 left");
}

TEST_CASE("ledger/progress: what nobody knows is left out") {
  CHECK(progress_text({.lines = 7, .done = 70, .total = {}, .seconds = 0}, true) == "7 lines");
  CHECK(progress_text({.lines = 8, .done = 70, .total = {}, .seconds = 2}, false) ==
        "8 lines, 4 a second");
}

TEST_CASE("ledger/progress: the end is at 100 %, also of nothing, also of more than was said") {
  CHECK(progress_text({.lines = 4, .done = 10, .total = 10, .seconds = 2}, true) ==
        "[########################] 100 %, 4 lines, 2 a second");
  CHECK(progress_text({.lines = 0, .done = 0, .total = 0, .seconds = 0}, false) ==
        "100 %, 0 lines");
  CHECK(progress_text({.lines = 4, .done = 12, .total = 10, .seconds = 2}, false) ==
        "100 %, 4 lines, 2 a second");
}

}  // namespace
