#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "casty/cluster.hpp"
#include "casty/testkit/test_system.hpp"
#include "cluster/node.hpp"
#include "cluster/notes.hpp"
#include "simulation/network.hpp"
#include "support/net_node.hpp"

// For libFuzzer: a node is written anything by a peer that it knows, between notes that are in
// order. It goes on to serve that peer. A change in its behavior is none in what was read.

struct Add {
  std::int64_t number;
  std::optional<std::string> text = {};
};
struct GetSum {
  casty::reply_to<std::int64_t> reply_to;
};
struct Counter;
struct Lend {
  std::vector<casty::actor_ref<Counter>> others;
  casty::reply_to<casty::actor_ref<Counter>> reply_to;
};
struct Counter : casty::protocol<Add, GetSum, Lend> {};
struct Adder : casty::protocol<Add> {};

namespace {

namespace behaviors = casty::behaviors;
namespace net = casty::net;
namespace wire = casty::wire;
using casty::cluster::note;
using casty::cluster::put_note;
using casty::cluster::put_text;
using casty::duration;

constexpr std::uint64_t run_here = 3;
constexpr std::uint64_t run_of_peer = 5;
constexpr std::uint64_t actor_of_peer = 77;

void require(bool truth) {
  if (!truth) {
    std::abort();
  }
}

casty::behavior<Counter> counter() {
  return behaviors::with_state<Counter>(
      std::uint64_t{0},
      [](std::uint64_t& sum, const Add& m) {
        sum += static_cast<std::uint64_t>(m.number);
        return behaviors::same;
      },
      [](std::uint64_t& sum, const GetSum& m) {
        m.reply_to.tell(static_cast<std::int64_t>(sum));
        return behaviors::same;
      },
      [](std::uint64_t&, const Lend& m) {
        for (const auto& each : m.others) {
          (void)each.try_tell(Add{1});
        }
        if (!m.others.empty()) {
          m.reply_to.tell(m.others.back());
        }
        return behaviors::same;
      });
}

casty::behavior<Adder> adder() {
  return behaviors::receive<Adder>(behaviors::ignore<Add>);
}

class far_counter final : public casty::detail::finding {
 public:
  explicit far_counter(std::optional<casty::actor_ref<Counter>>& into) : into_(into) {}
  void found(const casty::detail::target& actor) override {
    into_ = casty::detail::ref_access::make<Counter>(actor);
  }
  void fail(casty::errc) override {}

 private:
  std::optional<casty::actor_ref<Counter>>& into_;
};

void put_actor(wire::byte_buffer& to, std::string_view node, std::uint64_t run,
               std::uint64_t number) {
  put_text(to, node);
  to.append_number(run);
  to.append_varint(number);
}

/// The node, and its peer, who has found actors there, and is asked by it.
class encounter {
 public:
  encounter()
      : system_(1, {.log_to = [](const casty::log_line&) {}}),
        node_(system_, net_, {.terms = {{"a:1", run_here}, "bank", "sesame"}}),
        peer_(net_of_peer_, "b:1", run_of_peer) {
    node_.listen("a:1");
    peer_.at.listen("b:1");
    const auto own = system_.spawn(counter(), "counter");
    node_.publish(casty::detail::ref_access::get(own), wire::detail::card_of<Counter>());
    node_.publish(casty::detail::ref_access::get(system_.spawn(adder(), "adder")),
                  wire::detail::card_of<Adder>());
    node_.find("/user/counter", "b:1", wire::detail::card_of<Counter>(),
               std::make_unique<far_counter>(far_));
    find<Counter, GetSum>(1, "/user/counter");
    find<Adder, Add>(2, "/user/adder");
    pass(duration::milliseconds(60));
    answer_find();
    pass(duration::milliseconds(20));
    require(far_.has_value());
    far_->tell(Add{1, "one"});
    sum_ = std::make_unique<casty::future<std::int64_t>>(system_.ask<GetSum>(*far_));
    lent_ = std::make_unique<casty::future<casty::actor_ref<Counter>>>(
        system_.ask<Lend>(*far_, std::vector<casty::actor_ref<Counter>>{own, *far_}));
    pass(duration::milliseconds(20));
  }
  ~encounter() { (void)system_.terminate(); }

  void write(const wire::byte_buffer& bytes) {
    require(peer_.send("a:1", support::text_of(bytes.view())));
  }
  void pass(duration span) {
    for (auto passed = duration(); passed < span; passed = passed + duration::milliseconds(2)) {
      world_.run_for(duration::milliseconds(2));
      system_.advance(duration::milliseconds(2));
    }
  }
  /// Whether the peer still gets an answer.
  [[nodiscard]] bool serves() {
    wire::byte_buffer bytes;
    put_note(bytes, note::tell);
    bytes.append_number(run_here);
    bytes.append_varint(counter_);
    bytes.append_number(wire::fingerprint_of<GetSum>);
    bytes.append_varint(1);
    put_actor(bytes, "b:1", run_of_peer, 1'000'000);
    write(bytes);
    wire::byte_buffer answer;
    put_note(answer, note::answer);
    answer.append_number(run_of_peer);
    answer.append_varint(1'000'000);
    for (int count = 0; count < 100; ++count) {
      pass(duration::milliseconds(20));
      for (const std::string& each : peer_.got["a:1"]) {
        if (each.starts_with(support::text_of(answer.view()))) {
          return true;
        }
      }
    }
    return false;
  }
  [[nodiscard]] std::uint64_t number_there() const { return counter_; }

 private:
  template <class Protocol, class Message>
  void find(std::uint64_t asker, std::string_view path) {
    wire::byte_buffer bytes;
    put_note(bytes, note::find);
    bytes.append_varint(asker);
    put_text(bytes, path);
    put_text(bytes, wire::detail::card_of<Protocol>().name);
    bytes.append_varint(1);
    bytes.append_number(wire::fingerprint_of<Message>);
    write(bytes);
  }
  void answer_find() {
    for (const std::string& each : peer_.got["a:1"]) {
      wire::byte_reader in(support::bytes_of(each));
      const auto kind = note{in.read_number<std::uint8_t>()};
      if (kind == note::find) {
        wire::byte_buffer bytes;
        put_note(bytes, note::found);
        bytes.append_number(run_here);
        bytes.append_varint(in.read_varint());
        bytes.append_varint(actor_of_peer);
        write(bytes);
      } else if (kind == note::found) {
        require(in.read_number<std::uint64_t>() == run_of_peer);
        const bool is_counter = in.read_varint() == 1;
        const std::uint64_t number = in.read_varint();
        counter_ = is_counter ? number : counter_;
      }
    }
    require(counter_ != 0);
  }

  casty::simulation::world world_{1};
  casty::simulation::fabric over_{world_};
  casty::simulation::simulated_network net_{over_, "a:1"};
  casty::simulation::simulated_network net_of_peer_{over_, "b:1"};
  casty::testkit::test_system system_;
  casty::cluster::node node_;
  support::net_node peer_;
  std::uint64_t counter_ = 0;  // its number
  std::optional<casty::actor_ref<Counter>> far_;
  std::unique_ptr<casty::future<std::int64_t>> sum_;
  std::unique_ptr<casty::future<casty::actor_ref<Counter>>> lent_;
};

/// What the fuzzer says, as long as it lasts.
class script {
 public:
  explicit script(std::string_view text) : left_(text) {}
  [[nodiscard]] bool is_over() const { return left_.empty(); }
  std::uint8_t byte() {
    const std::string_view one = raw(1);
    return one.empty() ? 0 : static_cast<std::uint8_t>(one.front());
  }
  std::uint64_t number() {
    std::uint64_t made = 0;
    for (const char each : raw(8)) {
      made = made << 8 | static_cast<std::uint8_t>(each);
    }
    return made;
  }
  std::string_view raw(std::size_t count) {
    const std::string_view some = left_.substr(0, count);
    left_.remove_prefix(some.size());
    return some;
  }

 private:
  std::string_view left_;
};

constexpr std::string_view other_add = "Add{i64,text,bool}";
constexpr std::uint64_t fingerprints[] = {
    wire::fingerprint_of<Add>, wire::fingerprint_of<GetSum>, wire::fingerprint_of<Lend>,
    wire::fingerprint_of_text(other_add)};

// How a note begins: anyhow, with a kind, as one to an actor or asker, as one of a message to the
// actor, or of a layout.
void append_begin(script& from, wire::byte_buffer& to, std::uint64_t number_there) {
  const std::uint8_t what = from.byte();
  if (what < 48) {
    to.append_number(static_cast<std::uint8_t>(what % 12));
  } else if (what < 128) {
    to.append_number(static_cast<std::uint8_t>(what % 12));
    to.append_number(run_here);
    to.append_varint(from.byte() % 16U);
  } else if (what < 192) {
    put_note(to, note::tell);
    to.append_number(run_here);
    to.append_varint(number_there);
    to.append_number(fingerprints[what % std::size(fingerprints)]);
  } else if (what < 200) {
    put_note(to, note::layout);
    to.append_number(fingerprints[3]);
    put_text(to, "Add");
    put_text(to, other_add);
  } else if (what < 208) {
    put_note(to, note::ended);
    to.append_number(run_here);
    to.append_number(run_of_peer);
  }
}

// One piece of a note; false at its end.
bool append_piece(script& from, wire::byte_buffer& to, std::uint64_t number_there) {
  constexpr std::string_view texts[] = {"a:1",     "b:1",   "c:1",           "nowhere", "Add",
                                        "Counter", "/user", "/user/counter", "\1:1",    ""};
  const std::uint8_t what = from.byte();
  const auto more = static_cast<std::uint8_t>(what >> 4);
  switch (what & 15U) {
    case 0:
      return false;
    case 1:
      to.append_number(run_here);
      return true;
    case 2:
      to.append_varint(more);
      return true;
    case 3:
      to.append_number(fingerprints[more % std::size(fingerprints)]);
      return true;
    case 4:
      put_text(to, texts[more % std::size(texts)]);
      return true;
    case 5:
      put_text(to, from.raw(more));
      return true;
    case 6:
      to.append_varint(from.number());
      return true;
    case 7:
      to.append_varint((more & 1U) != 0 ? number_there : actor_of_peer);
      return true;
    case 8:
      put_actor(to, texts[more % std::size(texts)], from.byte() % 8, from.byte() % 128);
      return true;
    case 9:
      put_actor(to, "a:1", run_here, more);
      return true;
    case 10:
      put_actor(to, "b:1", run_of_peer, actor_of_peer);
      return true;
    case 11:
      to.append_number(run_of_peer);
      return true;
    default: {
      const std::string_view bytes = from.raw(more + 1U);
      to.append(bytes.data(), bytes.size());
      return true;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  script from({reinterpret_cast<const char*>(data), size});
  encounter of;
  for (int count = 0; count < 64 && !from.is_over(); ++count) {
    wire::byte_buffer bytes;
    append_begin(from, bytes, of.number_there());
    while (append_piece(from, bytes, of.number_there())) {
    }
    if (bytes.size() != 0) {
      of.write(bytes);
    }
  }
  of.pass(duration::milliseconds(40));
  require(of.serves());
  return 0;
}
