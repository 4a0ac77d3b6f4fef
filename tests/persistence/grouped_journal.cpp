#include "persistence/grouped_journal.hpp"

#include <future>
#include <memory>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

namespace {

using casty::detail::grouped_journal;

// What a store and its test know of each other.
struct shared_state {
  std::promise<casty::journal> last_holder;
  std::promise<void> closed;
  int commits = 0;
};

// Has its journal let go of by its own writer, at the first request.
struct letting_go {
  explicit letting_go(shared_state* with) : of(with), held(with->last_holder.get_future()) {}
  ~letting_go() { of->closed.set_value(); }

  template <class Request>
  [[nodiscard]] auto run(const Request&) {
    if (held.valid()) {
      (void)held.get();
    }
    using namespace casty::detail;
    if constexpr (std::is_same_v<Request, load_request>) {
      return casty::event_page();
    } else if constexpr (std::is_same_v<Request, find_request>) {
      return casty::snapshot_answer();
    } else if constexpr (std::is_same_v<Request, list_request>) {
      return casty::entity_page();
    } else if constexpr (std::is_same_v<Request, read_request>) {
      return casty::placed_page();
    } else {
      return casty::journal_verdict();
    }
  }
  void begin() {}
  void commit() { ++of->commits; }
  bool roll_back() { return true; }

  shared_state* of;
  std::future<casty::journal> held;
};

TEST_CASE("persistence/grouped_journal: the writer's own thread may let go of it last") {
  shared_state state;
  casty::journal journal(std::make_shared<grouped_journal<letting_go>>(1, &state));
  for (int each = 0; each < 3; ++each) {
    journal->delete_to("a", 1, casty::ignored);
  }
  state.last_holder.set_value(std::move(journal));

  // What had been asked is done all the same.
  state.closed.get_future().wait();
  CHECK(state.commits == 3);
}

}  // namespace
