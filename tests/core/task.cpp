#include "casty/core/task.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

namespace {

using casty::task;

static_assert(std::is_nothrow_move_constructible_v<task<int>>);
static_assert(!std::is_copy_constructible_v<task<int>>);
static_assert(!std::is_default_constructible_v<task<int>>);

task<int> number(int value) { co_return value; }
task<std::unique_ptr<int>> owned(int value) { co_return std::make_unique<int>(value); }
task<void> note(std::string& all, std::string text) {
  all += text;
  co_return;
}
task<int> fails() {
  throw std::runtime_error("no");
  co_return 0;
}
task<int> sum() {
  int total = 0;
  for (int each = 1; each <= 3; ++each) {
    total += co_await number(each);
  }
  const std::unique_ptr<int> more = co_await owned(4);
  co_return total + *more;
}
task<std::string> catches() {
  std::string seen = "nothing";
  try {
    (void)co_await fails();
  } catch (const std::runtime_error& error) {
    seen = error.what();
  }
  co_return seen;
}

TEST_CASE("core/task: starts at once, and gives its value when it is done") {
  task<int> made = number(7);
  CHECK(made.done());
  CHECK(made.take() == 7);
  CHECK(*owned(8).take() == 8);
}

TEST_CASE("core/task: one of void runs as well") {
  std::string all;
  task<void> made = note(all, std::string(100, 'x'));
  CHECK(made.done());
  made.take();
  CHECK(all.size() == 100);
}

TEST_CASE("core/task: what it throws comes out where its value is taken") {
  task<int> made = fails();
  CHECK(made.done());
  CHECK_THROWS_AS((void)made.take(), std::runtime_error);
  CHECK(catches().take() == "no");
}

TEST_CASE("core/task: awaits other tasks") { CHECK(sum().take() == 10); }

TEST_CASE("core/task: is moved, assigned and dropped with its value untaken") {
  task<std::unique_ptr<int>> one = owned(1);
  task<std::unique_ptr<int>> moved = std::move(one);
  moved = owned(2);
  CHECK(*moved.take() == 2);
  const task<std::unique_ptr<int>> dropped = owned(3);
  CHECK(dropped.done());
}

}  // namespace
