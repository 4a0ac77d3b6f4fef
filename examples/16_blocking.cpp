// An actor that blocks: on a thread of its own, where it harms nobody.
#include <cstdio>
#include <string>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;

struct Lookup {
  std::string word;
  casty::reply_to<int> reply_to;
};

casty::behavior<Lookup> dictionary() {
  return behaviors::receive<Lookup>([](const Lookup& m) {
    m.reply_to.tell(static_cast<int>(m.word.size()));
    return behaviors::same;
  });
}

// part: an actor that blocks
struct Import {
  std::string line;
  casty::reply_to<int> reply_to;
};

// Calls what waits: here for an answer, elsewhere for a disk or a library of old.
casty::behavior<Import> importer(casty::actor_ref<Lookup> words) {
  return behaviors::receive<Import>([=](casty::actor_context<Import>& ctx, const Import& m) {
    const int length = ctx.system().ask<Lookup>(words, m.line).get();
    m.reply_to.tell(length);
    return behaviors::same;
  });
}

void run(casty::actor_system& system) {
  auto words = system.spawn(dictionary(), "words");
  auto imports =
      system.spawn(importer(words), "imports", {.dispatcher = casty::dispatcher::blocking});
  std::printf("%d\n", system.ask<Import>(imports, "eleven, now").get());

  auto shared = system.spawn(importer(words), "shared");  // may not block
  std::printf("%s\n", system.ask<Import>(shared, "never").wait() ? "?" : "it failed");
}
// end of part

int main() {
  casty::actor_system system({.name = "blocking", .log = casty::log_level::off});
  run(system);
}
// 11
// it failed
