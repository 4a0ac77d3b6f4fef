#include "net/outbox.hpp"

#include <algorithm>
#include <utility>

namespace casty::net {

bool outbox::put(byte_view message) {
  if (!waiting_.empty() && (waiting_.size() >= limits_.messages ||
                            bytes_ + message.size() > limits_.bytes)) {
    return false;
  }
  waiting_.emplace_back(message.begin(), message.end());
  bytes_ += message.size();
  return true;
}

bool outbox::connected(std::uint64_t received) {
  if (!acknowledged(received)) {
    return false;
  }
  next_ = 0;
  is_connected_ = true;
  return true;
}

void outbox::take(wire::byte_buffer& out, std::size_t bytes) {
  const std::size_t begin = out.size();
  while (has_more()) {
    const std::vector<std::byte>& message = waiting_[next_];
    if (out.size() != begin && out.size() - begin + message.size() > bytes) {
      return;
    }
    const std::size_t at = begin_frame(out, frame_kind::message);
    out.append_number(first_ + next_);
    out.append(message.data(), message.size());
    end_frame(out, at, UINT32_MAX);
    ++next_;
    sent_ = std::max(sent_, next_);
  }
}

bool outbox::acknowledged(std::uint64_t received) {
  if (received < first_ - 1 || received - (first_ - 1) > sent_) {
    return false;
  }
  const auto count = static_cast<std::size_t>(received - (first_ - 1));
  for (std::size_t done = 0; done < count; ++done) {
    bytes_ -= waiting_.front().size();
    waiting_.pop_front();
  }
  first_ += count;
  next_ -= std::min(next_, count);
  sent_ -= count;
  return true;
}

std::deque<std::vector<std::byte>> outbox::take_all() noexcept {
  bytes_ = next_ = sent_ = 0;
  first_ += waiting_.size();
  return std::exchange(waiting_, {});
}

}  // namespace casty::net
