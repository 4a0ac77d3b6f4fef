#include "net/handshake.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "casty/core/error.hpp"
#include "net/receipts.hpp"

// For libFuzzer: bytes of strangers, cut into frames and given to both sides of a handshake and to
// a lane. Nobody who does not know the secret is met.

namespace {

namespace net = casty::net;

void require(bool truth) {
  if (!truth) {
    std::abort();
  }
}

template <class Side>
void meet(Side& side, net::frame_reader& reader) {
  casty::wire::byte_buffer out;
  try {
    while (const auto got = reader.next()) {
      if (side.take(*got, out)) {
        break;
      }
    }
  } catch (const casty::error&) {  // the stream is no use any more
  }
  require(!side.met());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const casty::byte_view bytes(reinterpret_cast<const std::byte*>(data), size);
  const net::node_terms terms{{"here:1", 7}, "bank", "a secret of some length"};
  const net::chance own = {9, 8, 7};
  {
    net::frame_reader reader(net::handshake_bytes_max);
    reader.feed(bytes);
    require(reader.waiting() == size);
    net::acceptor side(terms, own);
    meet(side, reader);
  }
  {
    net::frame_reader reader(net::handshake_bytes_max);
    reader.feed(bytes);
    net::dialer side(terms, net::lane::user, 1, own);
    casty::wire::byte_buffer out;
    side.start(out);
    meet(side, reader);
  }
  net::receipts lane;
  try {
    (void)lane.take(bytes);
    require(lane.received() <= 1);
    (void)casty::net::number_in(bytes);
  } catch (const casty::error&) {
  }
  return 0;
}
