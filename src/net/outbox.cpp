#include "net/outbox.hpp"

#include <algorithm>
#include <utility>

namespace casty::net {

namespace {

constexpr std::size_t chunk_bytes = 64U << 10;
// Before the bytes of a message: the frame's head, its number.
constexpr std::size_t head_bytes = frame_head_bytes + sizeof(std::uint64_t);

}  // namespace

bool outbox::put(byte_view message) {
  if (count_ != 0 && (count_ >= limits_.messages || bytes_ + message.size() > limits_.bytes)) {
    return false;
  }
  if (chunks_.empty() || (chunks_.back().size() != 0 &&
                          chunks_.back().size() + head_bytes + message.size() > chunk_bytes)) {
    chunks_.push_back(std::exchange(spare_, {}));
  }
  wire::byte_buffer& to = chunks_.back();
  const std::size_t at = begin_frame(to, frame_kind::message);
  to.append_number(first_ + count_);
  to.append(message.data(), message.size());
  end_frame(to, at, UINT32_MAX);
  ++count_;
  bytes_ += message.size();
  return true;
}

byte_view outbox::frame_at(place& at) const noexcept {
  while (at.byte == chunks_[at.chunk].size()) {
    at = {at.chunk + 1, 0};
  }
  const byte_view left = chunks_[at.chunk].view().subspan(at.byte);
  return left.first(sizeof(std::uint32_t) + wire::byte_reader(left).read_number<std::uint32_t>());
}

bool outbox::connected(std::uint64_t received) {
  if (!acknowledged(received)) {
    return false;
  }
  next_ = 0;
  next_at_ = first_at_;
  is_connected_ = true;
  return true;
}

void outbox::take(wire::byte_buffer& out, std::size_t bytes) {
  const std::size_t begin = out.size();
  while (has_more()) {
    const byte_view frame = frame_at(next_at_);
    if (out.size() != begin && out.size() - begin + frame.size() > bytes) {
      return;
    }
    out.append(frame.data(), frame.size());
    next_at_.byte += frame.size();
    ++next_;
    sent_ = std::max(sent_, next_);
  }
}

bool outbox::acknowledged(std::uint64_t received) {
  if (received < first_ - 1 || received - (first_ - 1) > sent_) {
    return false;
  }
  const auto gone = static_cast<std::size_t>(received - (first_ - 1));
  for (std::size_t each = 0; each < gone; ++each) {
    const byte_view frame = frame_at(first_at_);
    first_at_.byte += frame.size();
    bytes_ -= frame.size() - head_bytes;
  }
  if (gone > next_) {
    next_at_ = first_at_;
  }
  first_ += gone;
  next_ -= std::min(next_, gone);
  sent_ -= gone;
  count_ -= gone;
  drop_chunks();
  return true;
}

// Those whose messages are all acknowledged; one is kept for what comes, but none that one large
// message had for itself.
void outbox::drop_chunks() noexcept {
  while (!chunks_.empty() &&
         (first_at_.chunk > 0 || first_at_.byte == chunks_.front().size())) {
    if (chunks_.front().size() <= chunk_bytes) {
      spare_ = std::move(chunks_.front());
      spare_.clear();
    }
    chunks_.pop_front();
    first_at_ = first_at_.chunk > 0 ? place{first_at_.chunk - 1, first_at_.byte} : place{};
    next_at_ = next_at_.chunk > 0 ? place{next_at_.chunk - 1, next_at_.byte} : place{};
  }
}

byte_view outbox::message_in(byte_view frame) noexcept { return frame.subspan(head_bytes); }

}  // namespace casty::net
