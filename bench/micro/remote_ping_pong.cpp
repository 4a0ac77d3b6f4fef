// What does a round trip cost between two actors of two processes, one message under way, beside
// as many bytes that a program of Asio alone sends to and fro?
#include <array>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "support/two_nodes.hpp"

struct Ball {
  std::int64_t left;
};
struct Player;
struct Meet {
  casty::actor_ref<Player> other;
};
struct Player : casty::protocol<Ball, Meet> {};

namespace {

namespace asio = boost::asio;
namespace behaviors = casty::behaviors;

// Hands back what it is given.
casty::behavior<Player> wall() {
  return behaviors::with_state<Player>(
      std::optional<casty::actor_ref<Player>>(),
      [](std::optional<casty::actor_ref<Player>>& other, const Ball& m) {
        other->tell(Ball{m.left});
        return behaviors::same;
      },
      [](std::optional<casty::actor_ref<Player>>& other, const Meet& m) {
        other = m.other;
        return behaviors::same;
      });
}

struct Serve {
  std::int64_t hits;
  casty::reply_to<bench::cost> reply;
};
struct Server : casty::protocol<Ball, Meet, Serve> {};

casty::behavior<Server> server(bench::lap& match, casty::actor_ref<Player> other) {
  return behaviors::receive<Server>(
      [&match, other](const Ball& m) {
        if (m.left == 0) {
          match.end();
        } else {
          other.tell(Ball{m.left - 1});
        }
        return behaviors::same;
      },
      behaviors::ignore<Meet>,
      [&match, other](casty::actor_context<Server>& ctx, const Serve& m) {
        other.tell(Meet{ctx.self()});
        match.begin(m.reply);
        other.tell(Ball{m.hits - 1});
        return behaviors::same;
      });
}

void remote_ping_pong(benchmark::State& state) {
  bench::two_nodes nodes(state, &wall);
  bench::lap match;
  const auto one = nodes.here.spawn(server(match, nodes.other<Player>()));
  bench::measure(state, 1, 100'000, [&](std::int64_t hits) {
    return nodes.here.ask<Serve>(one, hits).within(bench::patience).get();
  });
}
BENCHMARK(remote_ping_pong)->Apply(bench::nanoseconds)->ArgName("workers")->Arg(1)->Arg(2);

// Two programs of one thread each.
struct bare {
  explicit bare(asio::ip::tcp::socket made) : socket(std::move(made)) {
    socket.set_option(asio::ip::tcp::no_delay(true));
  }

  void serve(std::int64_t hits) {
    left = hits;
    write();
  }
  void write() {
    asio::async_write(socket, asio::buffer(ball), [this](const auto& failed, std::size_t) {
      if (!failed) {
        read();
      }
    });
  }
  void read() {
    asio::async_read(socket, asio::buffer(ball), [this](const auto& failed, std::size_t) {
      if (!failed && --left != 0) {
        write();
      }
    });
  }

  asio::ip::tcp::socket socket;
  std::array<char, bench::frame_bytes> ball = {};
  std::int64_t left = 0;
};

void bare_tcp_ping_pong(benchmark::State& state) {
  const asio::ip::tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
  const bench::other_process other([&](const auto& say) {
    asio::io_context on{1};
    asio::ip::tcp::acceptor calls(on, loopback);
    say(std::to_string(calls.local_endpoint().port()));
    bare there(calls.accept());
    there.left = -1;
    there.read();
    on.run();
  });
  asio::io_context on{1};
  asio::ip::tcp::socket call(on);
  call.connect({loopback.address(), static_cast<std::uint16_t>(std::stoi(other.hear()))});
  bare here(std::move(call));
  bench::measure(state, 1, 100'000, [&](std::int64_t hits) {
    const bench::meter all;
    here.serve(hits);
    on.restart();
    on.run();
    bench::require(here.left == 0, "a ball is missing");
    return all.read();
  });
}
BENCHMARK(bare_tcp_ping_pong)->Apply(bench::nanoseconds);

}  // namespace
