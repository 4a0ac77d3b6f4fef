#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::errc;
using support::under_seeds;
using seconds = casty::duration;

struct Get {
  casty::reply_to<int> reply_to;
};
struct Keep {
  casty::reply_to<int> reply_to;
};
struct Drop {
  casty::reply_to<int> reply_to;
};
struct Throw {
  casty::reply_to<int> reply_to;
};
struct AnswerKept {};
struct ForgetKept {};
struct Server : casty::protocol<Get, Keep, Drop, Throw, AnswerKept, ForgetKept> {};
using Kept = std::vector<casty::reply_to<int>>;

behavior<Server> server(int value = 7) {
  return behaviors::with_state<Server>(
      Kept{},
      [=](Kept&, const Get& m) {
        m.reply_to.tell(value);
        return behaviors::same;
      },
      [](Kept& kept, const Keep& m) {
        kept.push_back(m.reply_to);
        return behaviors::same;
      },
      behaviors::ignore<Drop>,
      [](Kept&, const Throw&) -> casty::outcome { throw std::runtime_error("as asked"); },
      [=](Kept& kept, AnswerKept) {
        for (const auto& each : kept) {
          each.tell(value);
        }
        return behaviors::same;
      },
      [](Kept& kept, ForgetKept) {
        kept.clear();
        return behaviors::same;
      });
}

errc error_of(casty::result<int> answer) { return answer.error(); }

TEST_CASE("runtime/asking: every ask of a thread ends, each for its reason") {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(server());
    CHECK(system.template ask<Get>(to).get() == 7);
    CHECK(error_of(system.template ask<Drop>(to).wait()) == errc::no_reply);
    CHECK(error_of(system.template ask<Keep>(to).within(seconds::seconds(1)).wait()) ==
          errc::timeout);
    auto forgotten = system.template ask<Keep>(to);
    to.tell(ForgetKept{});
    CHECK(error_of(forgotten.wait()) == errc::no_reply);
    auto kept = system.template ask<Keep>(to);
    auto queued = system.template ask<Throw>(to);
    CHECK(error_of(queued.wait()) == errc::no_reply);
    CHECK(error_of(kept.wait()) == errc::no_reply);
    CHECK(error_of(system.template ask<Get>(to).wait()) == errc::dead_target);
  });
}

TEST_CASE("runtime/asking: a request still queued when its actor stops ends as dead_target") {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(server());
    auto queued = system.template ask<Get>(to);
    system.stop(to);
    const auto answer = queued.wait();
    CHECK((answer ? *answer == 7 : answer.error() == errc::dead_target));
  });
}

TEST_CASE("runtime/asking: an answer is taken once") {
  casty::testkit::test_system system;
  const auto to = system.spawn(server());
  auto asked = system.ask<Get>(to);
  CHECK(asked.get() == 7);
  CHECK_THROWS_AS((void)asked.get(), casty::error);
  CHECK_THROWS_AS((void)asked.wait(), casty::error);
}

TEST_CASE("runtime/asking: the timeout counts from the ask, in virtual time") {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(server());
    const casty::duration asked = system.now();
    CHECK(error_of(system.template ask<Keep>(to).wait()) == errc::timeout);
    CHECK(system.now() - asked >= seconds::seconds(5));
    CHECK(system.now() - asked < seconds::seconds(6));
  });
}

TEST_CASE("runtime/asking: a wait may be cut into pieces, and takes nothing") {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(server());
    auto asked = system.template ask<Keep>(to).within(seconds::seconds(10));
    const casty::duration begun = system.now();
    CHECK(!asked.is_ready_within(seconds::seconds(3)));
    CHECK(system.now() - begun >= seconds::seconds(3));
    CHECK(system.now() - begun < seconds::seconds(4));
    CHECK(!asked.is_ready_within({}));
    to.tell(AnswerKept{});
    CHECK(asked.is_ready_within(seconds::seconds(3)));
    CHECK(asked.is_ready_within(casty::duration::max()));
    CHECK(asked.get() == 7);
    CHECK_THROWS_AS((void)asked.is_ready_within({}), casty::error);

    auto late = system.template ask<Keep>(to).within(seconds::seconds(2));
    CHECK(late.is_ready_within(casty::duration::max()));
    CHECK(error_of(late.wait()) == errc::timeout);
  });
}

TEST_CASE("runtime/asking: then is called once, with the answer or the timeout") {
  struct Seen {
    int answers = 0;
    int timeouts = 0;
    int errors = 0;
  };
  under_seeds<Seen>([](auto& system, Seen& seen) {
    const auto to = system.spawn(server());
    const auto note = [&seen](casty::result<int> answer) {
      ++(answer                             ? seen.answers
         : answer.error() == errc::timeout ? seen.timeouts
                                            : seen.errors);
      throw std::runtime_error("a callback's exception goes no further");
    };
    system.template ask<Get>(to).then(note);
    system.template ask<Drop>(to).then(note);
    system.template ask<Keep>(to).within(seconds::seconds(2)).then(note);
    system.drain();
    system.advance(seconds::seconds(3));
    to.tell(AnswerKept{});
    system.drain();

    CHECK(seen.answers == 1);
    CHECK(seen.errors == 1);
    CHECK(seen.timeouts == 1);
  });
}

TEST_CASE("runtime/asking: an answer after the timeout is a dead letter") {
  under_seeds<int>([](auto& system, int& late) {
    system.event_stream().subscribe([&](const casty::dead_letter& letter) {
      late += letter.reason == casty::dead_letter_reason::late_reply ? 1 : 0;
    });
    const auto to = system.spawn(server());
    CHECK(error_of(system.template ask<Keep>(to).wait()) == errc::timeout);
    to.tell(AnswerKept{});
    to.tell(AnswerKept{});
    system.drain();
    CHECK(late == 2);
  });
}

struct Await {
  casty::actor_ref<Server> to;
};
struct Pipe {
  casty::actor_ref<Server> to;
};
struct PipeKept {
  casty::actor_ref<Server> to;
};
struct PipeFuture {
  casty::actor_ref<Server> to;
};
struct AwaitFuture {
  casty::actor_ref<Server> to;
};
struct Seen {
  int value;
};
struct Fail {};
struct Client
    : casty::protocol<Await, Pipe, PipeKept, PipeFuture, AwaitFuture, Seen, Fail> {};

constexpr int failed = -1;

behavior<Client> client(casty::actor_system& system, std::vector<int>& seen) {
  const auto mapped = [](casty::result<int> answer) { return Seen{answer.value_or(failed)}; };
  return behaviors::receive<Client>(
      [&seen](casty::actor_context<Client>& ctx, Await m) -> casty::task<behavior<Client>> {
        seen.push_back(co_await ctx.ask<Get>(m.to));
        const auto dropped = co_await ctx.ask<Drop>(m.to).outcome();
        seen.push_back(dropped.value_or(failed));
        const auto late = co_await ctx.ask<Keep>(m.to).within(seconds::seconds(1)).outcome();
        seen.push_back(late.value_or(failed));
        co_return behaviors::same;
      },
      [mapped](casty::actor_context<Client>& ctx, const Pipe& m) {
        ctx.pipe_to_self(ctx.ask<Get>(m.to), mapped);
        ctx.pipe_to_self(ctx.ask<Drop>(m.to), mapped);
        return behaviors::same;
      },
      [mapped](casty::actor_context<Client>& ctx, const PipeKept& m) {
        ctx.pipe_to_self(ctx.ask<Keep>(m.to), mapped);
        return behaviors::same;
      },
      [mapped, &system](casty::actor_context<Client>& ctx, const PipeFuture& m) {
        ctx.pipe_to_self(system.ask<Get>(m.to), mapped);
        return behaviors::same;
      },
      [&system, &seen](AwaitFuture m) -> casty::task<behavior<Client>> {
        seen.push_back(co_await system.ask<Get>(m.to));
        const auto late =
            co_await system.ask<Keep>(m.to).within(seconds::seconds(1)).outcome();
        seen.push_back(late.value_or(failed));
        co_return behaviors::same;
      },
      [&seen](Seen m) {
        seen.push_back(m.value);
        return behaviors::same;
      },
      [](Fail) -> casty::outcome { throw std::runtime_error("as asked"); });
}

TEST_CASE("runtime/asking: a coroutine awaits the answer, the failure and the timeout") {
  under_seeds<std::vector<int>>([](auto& system, std::vector<int>& seen) {
    const auto to = system.spawn(server());
    const auto asks = system.spawn(client(system, seen));
    asks.tell(Await{to});
    asks.tell(Seen{9});
    system.drain();
    CHECK(seen == std::vector<int>{7, failed, failed, 9});
  });
}

TEST_CASE("runtime/asking: a coroutine awaits a future of the system") {
  under_seeds<std::vector<int>>([](auto& system, std::vector<int>& seen) {
    const auto to = system.spawn(server());
    const auto asks = system.spawn(client(system, seen));
    asks.tell(AwaitFuture{to});
    asks.tell(PipeFuture{to});
    system.drain();
    CHECK(seen == std::vector<int>{7, failed, 7});
  });
}

TEST_CASE("runtime/asking: answers are piped to self, failures and timeouts too") {
  under_seeds<std::vector<int>>([](auto& system, std::vector<int>& seen) {
    const auto to = system.spawn(server());
    const auto asks = system.spawn(client(system, seen));
    asks.tell(Pipe{to});
    system.drain();
    CHECK(seen.size() == 2);
    asks.tell(PipeKept{to});
    system.drain();
    system.advance(seconds::seconds(6));
    CHECK(seen.size() == 3);
    CHECK(seen.back() == failed);
    to.tell(AnswerKept{});
    system.drain();
    CHECK(seen.size() == 3);
  });
}

TEST_CASE("runtime/asking: an actor that stops gives its piped asks up") {
  under_seeds<std::vector<int>>([](auto& system, std::vector<int>& seen) {
    const auto to = system.spawn(server());
    const auto asks = system.spawn(client(system, seen));
    asks.tell(PipeKept{to});
    asks.tell(PipeFuture{to});
    asks.tell(Fail{});
    system.drain();
    const std::size_t before = seen.size();
    to.tell(AnswerKept{});
    system.advance(seconds::seconds(10));
    CHECK(seen.size() == before);
  });
}

TEST_CASE("runtime/asking: a blocking wait in an actor is refused, not hung") {
  struct Block {
    casty::actor_ref<Server> to;
  };
  struct BlockResumed {
    casty::actor_ref<Server> to;
  };
  struct Blocking : casty::protocol<Block, BlockResumed> {};
  under_seeds<std::vector<errc>>([](auto& system, std::vector<errc>& seen) {
    const auto block = [&](casty::actor_ref<Server> to) {
      try {
        (void)system.template ask<Get>(to).get();
      } catch (const casty::error& refused) {
        seen.push_back(refused.code());
      }
      try {
        (void)system.drain();
      } catch (const casty::error& refused) {
        seen.push_back(refused.code());
      }
    };
    const auto to = system.spawn(server());
    const auto blocks = system.spawn(behaviors::receive<Blocking>(
        [block](const Block& m) {
          block(m.to);
          return behaviors::same;
        },
        [block](casty::actor_context<Blocking>& ctx,
                BlockResumed m) -> casty::task<behavior<Blocking>> {
          (void)co_await ctx.ask<Get>(m.to);
          block(m.to);
          co_return behaviors::same;
        }));
    blocks.tell(Block{to});
    blocks.tell(BlockResumed{to});
    system.drain();
    CHECK(seen == std::vector<errc>(4, errc::would_block));
  });
}

TEST_CASE("runtime/asking: a reply_to made of an own ref makes the answer a message") {
  struct Ask {
    casty::actor_ref<Server> to;
  };
  struct Direct : casty::protocol<Ask, std::string, int> {};
  under_seeds<std::vector<int>>([](auto& system, std::vector<int>& seen) {
    const auto to = system.spawn(server());
    const auto asks = system.spawn(behaviors::receive<Direct>(
        [](auto& ctx, const Ask& m) {
          m.to.tell(Get{ctx.self()});
          return behaviors::same;
        },
        behaviors::ignore<std::string>,
        [&seen](int value) {
          seen.push_back(value);
          return behaviors::same;
        }));
    asks.tell(Ask{to});
    system.drain();
    CHECK(seen == std::vector<int>{7});
  });
}

TEST_CASE("runtime/asking: the end of the system ends its asks") {
  std::optional<casty::future<int>> asked;
  casty::testkit::test_system system;
  const auto to = system.spawn(server());
  asked.emplace(system.ask<Keep>(to));
  system.run();
  CHECK(system.terminate());
  CHECK_FALSE(asked->wait().has_value());
  CHECK(error_of(system.ask<Get>(to).wait()) == errc::system_terminated);
  CHECK_THROWS_AS((void)system.spawn(server()), casty::error);
}

TEST_CASE("runtime/asking: a future that has ended outlives its system") {
  std::optional<casty::future<int>> asked;
  std::optional<casty::future<int>> called;
  {
    casty::testkit::test_system system;
    const auto to = system.spawn(server());
    asked.emplace(system.ask<Get>(to));
    called.emplace(system.ask<Get>(to));
    system.run();
  }
  CHECK(asked->get() == 7);
  int seen = 0;
  std::move(*called).then([&](casty::result<int> answer) { seen = answer.value_or(0); });
  CHECK(seen == 7);
}

// The future has ended before the handler waits for it, and the handler has no context.
TEST_CASE("runtime/asking: a handler without a context awaits a future that is done") {
  struct Hold {
    casty::reply_to<int> reply_to;
  };
  under_seeds<std::vector<int>>([](auto& system, std::vector<int>& seen) {
    const auto to = system.spawn(server());
    const auto waits = system.spawn(behaviors::receive<Hold>(
        [&system, &seen, to](Hold m) -> casty::task<behavior<Hold>> {
          auto early = system.template ask<Get>(to);
          const int later = co_await system.template ask<Get>(to);
          seen.push_back(later);
          const int before = co_await std::move(early);
          seen.push_back(before);
          m.reply_to.tell(later + before);
          co_return behaviors::same;
        }));
    CHECK(system.template ask<Hold>(waits).get() == 14);
  });
}

}  // namespace
