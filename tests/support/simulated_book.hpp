/// @file
/// Actors for tests of simulated clusters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "casty/persistence.hpp"
#include "casty/simulation.hpp"

namespace support {

namespace behaviors = casty::behaviors;
namespace simulation = casty::simulation;

struct Note {
  std::uint64_t number;
};
struct Count {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Book : casty::protocol<Note, Count> {};

/// Counts its notes.
inline casty::behavior<Book> book(std::uint64_t count = 0) {
  return behaviors::receive<Book>([=](Note) { return book(count + 1); },
                                  [=](const Count& m) {
                                    m.reply_to.tell(count);
                                    return behaviors::same;
                                  });
}

struct Noted {
  std::uint64_t number;
};
struct Keep {
  std::uint64_t number;
  casty::reply_to<bool> reply_to;
};
struct GetKept {
  casty::reply_to<std::vector<std::uint64_t>> reply_to;
};
struct Ledger : casty::protocol<Keep, GetKept> {};
struct LedgerEvent : casty::protocol<Noted> {};

/// Keeps its notes in a journal.
inline casty::behavior<Ledger> ledger(casty::journal journal) {
  using all = std::vector<std::uint64_t>;
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "ledger",
      .journal = journal,
      .initial_state = all{},
      .on_event = casty::on_event<LedgerEvent>([](all of, Noted e) {
        of.push_back(e.number);
        return of;
      }),
      .on_command = casty::on_command<Ledger>(
          [](const all&, const Keep& m) -> casty::effect<LedgerEvent> {
            m.reply_to.tell(true);
            return behaviors::persisted(Noted{m.number});
          },
          [](const all& of, const GetKept& m) {
            m.reply_to.tell(of);
            return behaviors::same;
          })});
}

/// A book on every node.
inline void start_book(simulation::node& at) { at.system().spawn(book(), "book"); }

/// A ref, on the first node, to the book of another one.
inline casty::actor_ref<Book> book_of(simulation::cluster& c, unsigned node) {
  return c[0].system().lookup<Book>("/user/book", c[node].address()).get();
}

}  // namespace support
