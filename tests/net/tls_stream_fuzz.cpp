#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/tls.hpp"
#include "support/bytes.hpp"
#include "support/certificates.hpp"
#include "support/net_node.hpp"
#include "support/simulated_network.hpp"

// For libFuzzer: what a stranger writes to a node that has certificates, as one who calls or is
// called, and what is changed on the way between two nodes. Nothing is taken that was not sent,
// nothing is told to the stranger, and the nodes talk on.

namespace {

namespace net = casty::net;
using casty::duration;

void require(bool truth) {
  if (!truth) {
    std::abort();
  }
}

// Once for all: a program is run for each.
const support::certificates& made() {
  struct ready final : support::certificates {
    ready() {
      make_ca("ours");
      for (const std::string name : {"a", "b"}) {
        make_node("ours", name, "--host " + name);
      }
    }
  };
  static const ready all;
  return all;
}

struct secure_node {
  secure_node(support::world& in, support::all_connections& open, const std::string& name)
      : plain(in, name + ":1", open), over(plain, made().of("ours", name)), is(over, name + ":1") {
    is.at.listen(name + ":1");
  }
  support::simulated_network plain;
  net::tls_network over;
  support::net_node is;
};

struct stranger final : net::stream_events {
  explicit stranger(std::string words) : says(std::move(words)) {}
  void take(std::unique_ptr<net::stream> got) {
    if (got != nullptr && line == nullptr) {
      line = std::move(got);
      line->start(*this);
      if (!says.empty()) {
        line->write(support::bytes_of(says));
      }
    }
  }
  void received(casty::byte_view bytes) override { heard.append(support::text_of(bytes)); }
  void drained() override {}
  void closed(std::string_view) override {}

  std::string says;
  std::string heard;
  std::unique_ptr<net::stream> line;
};

// The first bytes that a node says in TLS, to be changed.
std::string first_words() {
  support::world in(1);
  support::all_connections open;
  support::simulated_network on(in, "a:1", open);
  net::tls_network secure(on, made().of("ours", "a"));
  stranger called("");
  stranger caller("");
  const auto listening =
      on.listen("b:1", [&](std::unique_ptr<net::stream> got) { called.take(std::move(got)); });
  const auto calling =
      secure.connect("b:1", [&](std::unique_ptr<net::stream> got, std::string_view) {
        caller.take(std::move(got));
      });
  in.run_for(duration::milliseconds(100));
  require(called.heard.size() > 100);
  return called.heard;
}

std::uint8_t take_byte(std::string_view& from) {
  const auto one = static_cast<std::uint8_t>(from.empty() ? 0 : from.front());
  from.remove_prefix(from.empty() ? 0 : 1);
  return one;
}

// Some of the bytes are others, and some follow.
std::string changed(std::string words, std::string_view& script) {
  for (int left = take_byte(script) % 8; left > 0 && !words.empty(); --left) {
    const std::size_t place = take_byte(script) * std::size_t{256} + take_byte(script);
    words[place % words.size()] ^= static_cast<char>(take_byte(script));
  }
  return words;
}

// Each piece of what is under way is changed once.
void change_on_the_way(support::world& in, support::all_connections& open,
                       std::string_view script) {
  while (!script.empty()) {
    in.run_for(duration::milliseconds(take_byte(script) % 4));
    for (const auto& each : open) {
      if (const auto some = each.lock()) {
        std::string& coming = some->ends[take_byte(script) % 2].coming;
        coming = changed(std::move(coming), script);
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string hello = first_words();
  std::string_view script(reinterpret_cast<const char*>(data), size);
  const std::uint8_t how = take_byte(script);
  support::world in(how);
  support::all_connections open;
  secure_node a(in, open, "a");
  secure_node b(in, open, "b");
  support::simulated_network elsewhere(in, "x:1", open);
  std::string words = (how & 4U) != 0 ? changed(hello, script) : std::string();
  words += script;
  stranger x((how & 3U) == 0 ? std::string() : std::move(words));
  const auto listening = elsewhere.listen(
      "x:1", [&](std::unique_ptr<net::stream> got) { x.take(std::move(got)); });
  std::unique_ptr<net::operation> call;
  require(a.is.send("b:1", "first"));
  if ((how & 3U) == 0) {
    change_on_the_way(in, open, script);
  } else if ((how & 3U) == 1) {
    require(b.is.send("x:1", "secret"));
  } else {
    call = elsewhere.connect("b:1", [&](std::unique_ptr<net::stream> got, std::string_view) {
      x.take(std::move(got));
    });
  }
  require(a.is.send("b:1", "second"));
  in.run_for(duration::seconds(12));
  require(b.is.got["a:1"] == std::vector<std::string>{"first", "second"});
  require(b.is.got.size() == 1 && a.is.got.empty());
  require(x.heard.find("secret") == std::string::npos);
  return 0;
}
