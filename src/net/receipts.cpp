#include "net/receipts.hpp"

#include <string>

#include "casty/core/error.hpp"
#include "net/frame.hpp"

namespace casty::net {

std::optional<byte_view> receipts::take(byte_view body) {
  wire::byte_reader reader(body);
  const auto number = reader.read_number<std::uint64_t>();
  if (number > received_ + 1) {
    throw error(errc::corrupt, "message " + std::to_string(number) + " came after " +
                                   std::to_string(received_));
  }
  if (number <= received_) {
    return std::nullopt;
  }
  received_ = number;
  return body.subspan(reader.position());
}

void receipts::acknowledge(wire::byte_buffer& out) {
  if (received_ == acknowledged_) {
    return;
  }
  append_frame(out, frame_kind::acknowledgement, received_);
  acknowledged_ = received_;
}

}  // namespace casty::net
