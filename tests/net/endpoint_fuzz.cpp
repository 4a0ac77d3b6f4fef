#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "casty/core/duration.hpp"
#include "net/frame.hpp"
#include "net/handshake.hpp"
#include "simulation/network.hpp"
#include "support/net_node.hpp"
#include "support/odd_peer.hpp"

// For libFuzzer: a peer that has met a node, having called it or been called, writes what he likes.
// The node and another peer still talk.

namespace {

namespace net = casty::net;
using casty::duration;
using casty::simulation::simulated_network;

void require(bool truth) {
  if (!truth) {
    std::abort();
  }
}

std::uint8_t take_byte(std::string_view& from) {
  const auto one = static_cast<std::uint8_t>(from.empty() ? 0 : from.front());
  from.remove_prefix(from.empty() ? 0 : 1);
  return one;
}

// Frames with numbers that may be in order, or not; and what is no frame.
std::string bytes_of_script(std::string_view from) {
  casty::wire::byte_buffer out;
  while (!from.empty()) {
    const std::uint8_t what = take_byte(from);
    const std::string_view text = from.substr(0, what >> 4);
    if ((what & 15U) < 12) {
      const auto kind = static_cast<net::frame_kind>(what & 15U);
      const std::size_t begin = net::begin_frame(out, kind);
      out.append_number(std::uint64_t{take_byte(from)});
      out.append(text.data(), text.size());
      net::end_frame(out, begin, net::frame_bytes_max);
    } else {
      out.append(text.data(), text.size());
    }
    from.remove_prefix(std::min(from.size(), text.size()));
  }
  return std::string(support::text_of(out.view()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view from(reinterpret_cast<const char*>(data), size);
  const std::uint8_t how = take_byte(from);
  const bool calls = (how & 1U) != 0;
  casty::simulation::world world(how);
  casty::simulation::fabric over(world);
  simulated_network on(over, "a:1");
  simulated_network elsewhere(over, "b:1");
  simulated_network of_other(over, "c:1");
  support::net_node node(on, "a:1");
  support::net_node other(of_other, "c:1");
  node.at.listen("a:1");
  const net::node_terms terms{{"b:1", 5}, "bank", "sesame"};
  support::odd_peer odd(terms, calls, bytes_of_script(from));
  const auto listening = elsewhere.listen(
      "b:1", [&](std::unique_ptr<net::stream> line) { odd.take(std::move(line)); });
  std::unique_ptr<net::operation> call;
  if (calls) {
    call = elsewhere.connect("a:1", [&](std::unique_ptr<net::stream> line, std::string_view) {
      odd.take(std::move(line));
    });
  } else {
    for (int count = 0; count < 20; ++count) {
      require(node.send("b:1", "one of twenty"));
    }
  }
  require(other.send("a:1", "before"));
  world.run_for(duration::milliseconds(200));
  require(odd.has_met());
  require(other.send("a:1", "after"));
  world.run_for(duration::seconds(7));
  require(node.got["c:1"].size() == 2 && other.lost_count == 0);
  require(node.got["b:1"].size() <= size);
  return 0;
}
