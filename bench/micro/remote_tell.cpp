// What does a message cost that an actor tells one of another process, one after the other until
// the last is known to have come, beside as many bytes that a program sends over TCP?
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "support/two_nodes.hpp"

struct Item {
  std::uint64_t number;
};
struct Arrived {
  std::uint64_t in_order;
};
struct Last {
  casty::actor_ref<Arrived> tell;
};
struct Sink : casty::protocol<Item, Last> {};

namespace {

namespace asio = boost::asio;
namespace behaviors = casty::behaviors;

constexpr std::int64_t items_a_turn = 64;

// Counts what comes in order.
casty::behavior<Sink> sink() {
  return behaviors::with_state<Sink>(
      std::uint64_t{0},
      [](std::uint64_t& come, const Item& m) {
        come += m.number == come ? 1 : 0;
        return behaviors::same;
      },
      [](std::uint64_t& come, const Last& m) {
        m.tell.tell(Arrived{std::exchange(come, 0)});
        return behaviors::same;
      });
}

struct Send {
  std::int64_t count;
  casty::reply_to<bench::cost> reply;
};
struct Go {};
struct Source : casty::protocol<Arrived, Go, Send> {};

struct Sending {
  casty::actor_ref<Sink> to;
  bench::lap lap = {};
  std::uint64_t next = 0;
  std::uint64_t count = 0;
};

casty::behavior<Source> source(casty::actor_ref<Sink> to) {
  return behaviors::setup<Source>([to](casty::actor_context<Source>&) {
    return behaviors::with_state<Source>(
        std::make_shared<Sending>(Sending{to}),
        [](std::shared_ptr<Sending>& by, const Arrived& m) {
          bench::require(m.in_order == by->count, "a message is missing, or out of order");
          by->lap.end();
          return behaviors::same;
        },
        [](casty::actor_context<Source>& ctx, std::shared_ptr<Sending>& by,
           Go) -> casty::task<casty::behavior<Source>> {
          for (std::int64_t each = 0; each < items_a_turn && by->next < by->count; ++each) {
            if (!by->to.try_tell(Item{by->next})) {
              co_await by->to.send<Item>(by->next);
            }
            ++by->next;
          }
          if (by->next < by->count) {
            ctx.self().tell(Go{});
          } else {
            co_await by->to.send<Last>(ctx.self());
          }
          co_return behaviors::same;
        },
        [](casty::actor_context<Source>& ctx, std::shared_ptr<Sending>& by, const Send& m) {
          by->next = 0;
          by->count = static_cast<std::uint64_t>(m.count);
          by->lap.begin(m.reply);
          ctx.self().tell(Go{});
          return behaviors::same;
        });
  });
}

void remote_tell(benchmark::State& state) {
  bench::two_nodes nodes(state, &sink);
  const auto from = nodes.here.spawn(source(nodes.other<Sink>()));
  bench::measure(state, 1, 1'000'000, [&](std::int64_t count) {
    return nodes.here.ask<Send>(from, count).within(bench::patience).get();
  });
}
BENCHMARK(remote_tell)->Apply(bench::nanoseconds)->ArgName("workers")->Arg(1)->Arg(2);

// Numbers in frames of as many bytes; both sides work on pieces of 64 KiB.
constexpr std::size_t frames_a_piece = (64U << 10) / bench::frame_bytes;
using piece = std::vector<std::array<char, bench::frame_bytes>>;

void send_piece(asio::ip::tcp::socket& to, piece& of, std::uint64_t first) {
  for (auto& each : of) {
    std::memcpy(each.data(), &first, sizeof(first));
    ++first;
  }
  asio::write(to, asio::buffer(of));
}

// Confirms when all have come, whose count comes first, and again.
void take_pieces(asio::ip::tcp::socket from) {
  boost::system::error_code closed;
  std::uint64_t count = 0;
  while (asio::read(from, asio::buffer(&count, sizeof(count)), closed) == sizeof(count)) {
    std::uint64_t next = 0;
    piece of(frames_a_piece);
    while (next < count) {
      of.resize(std::min<std::uint64_t>(frames_a_piece, count - next));
      asio::read(from, asio::buffer(of));
      for (const auto& each : of) {
        bench::require(std::memcmp(each.data(), &next, sizeof(next)) == 0, "out of order");
        ++next;
      }
    }
    asio::write(from, asio::buffer(&count, sizeof(count)));
  }
}

void bare_tcp_tell(benchmark::State& state) {
  const asio::ip::tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
  const bench::other_process other([&](const auto& say) {
    asio::io_context on{1};
    asio::ip::tcp::acceptor calls(on, loopback);
    say(std::to_string(calls.local_endpoint().port()));
    take_pieces(calls.accept());
  });
  asio::io_context on{1};
  asio::ip::tcp::socket to(on);
  to.connect({loopback.address(), static_cast<std::uint16_t>(std::stoi(other.hear()))});
  bench::measure(state, 1, 1'000'000, [&](std::int64_t given) {
    const auto count = static_cast<std::uint64_t>(given);
    const bench::meter all;
    asio::write(to, asio::buffer(&count, sizeof(count)));
    piece of(frames_a_piece);
    for (std::uint64_t next = 0; next < count; next += of.size()) {
      of.resize(std::min<std::uint64_t>(frames_a_piece, count - next));
      send_piece(to, of, next);
    }
    std::uint64_t confirmed = 0;
    asio::read(to, asio::buffer(&confirmed, sizeof(confirmed)));
    bench::require(confirmed == count, "a frame is missing");
    return all.read();
  });
}
BENCHMARK(bare_tcp_tell)->Apply(bench::nanoseconds);

}  // namespace
