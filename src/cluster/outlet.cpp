#include "cluster/outlet.hpp"

#include <cstring>
#include <utility>

#include "casty/core/error.hpp"
#include "cluster/notes.hpp"

namespace casty::cluster {

namespace {

// What the network adds to a message.
constexpr std::size_t frame_overhead = 64;

std::uint32_t length_at(byte_view bytes, std::size_t at) {
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + at, sizeof(length));
  return length;
}

std::size_t tells_in(byte_view bytes) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::uint32_t length = length_at(bytes, at);
    count += is_tell(bytes.subspan(at + sizeof(length), length)) ? 1 : 0;
    at += sizeof(length) + length;
  }
  return count;
}

}  // namespace

outlet::outlet(net::endpoint& by, std::string address) : by_(by), address_(std::move(address)) {}

outlet::ticket outlet::ticket_for(std::uint64_t run) {
  const std::lock_guard lock(guard_);
  return {run, losses_};
}

wire::sent outlet::put(byte_view message, const ticket& for_whom) {
  const std::lock_guard lock(guard_);
  if (for_whom.losses != losses_ && for_whom.run != run_) {
    return wire::sent::never;
  }
  if (waiting_.size() != 0 && waiting_.size() + message.size() > bytes_max) {
    return wire::sent::no_room;
  }
  append(message);
  return wire::sent::yes;
}

void outlet::put_beyond(byte_view message) {
  const std::lock_guard lock(guard_);
  append(message);
}

void outlet::when_room(reply_to<bool> told) {
  {
    const std::lock_guard lock(guard_);
    if (waiting_.size() != 0) {
      told_.push_back(std::move(told));
      return;
    }
  }
  told.tell(true);
}

bool outlet::introduce(const wire::message_card& of) {
  const std::lock_guard lock(guard_);
  const auto [known, is_first] = is_taken_.try_emplace(of.fingerprint, true);
  if (!is_first) {
    return known->second;
  }
  wire::byte_buffer layout;
  put_note(layout, note::layout);
  layout.append_number(of.fingerprint);
  put_text(layout, of.name);
  put_text(layout, of.description);
  append(layout.view());
  return true;
}

void outlet::is_refused(std::uint64_t fingerprint) {
  const std::lock_guard lock(guard_);
  is_taken_.insert_or_assign(fingerprint, false);
  epoch_.fetch_add(1, std::memory_order_release);
}

// Of what is over the limit the network's thread could only say that it cannot go.
void outlet::append(byte_view message) {
  if (message.size() + frame_overhead > by_.options().frame_bytes_max) {
    throw error(errc::bad_argument, "a message of " + std::to_string(message.size()) +
                                        " bytes is over the limit of frames");
  }
  const auto length = static_cast<std::uint32_t>(message.size());
  waiting_.append(&length, sizeof(length));
  waiting_.append(message.data(), message.size());
  drain_soon();
}

void outlet::drain_soon() {
  if (!std::exchange(is_scheduled_, true)) {
    by_.on().call([self = weak_from_this()] {
      if (const std::shared_ptr<outlet> here = self.lock()) {
        here->drain();
      }
    });
  }
}

bool outlet::is_empty() {
  const std::lock_guard lock(guard_);
  return waiting_.size() == 0 && leaving_.size() == 0;
}

// Comes again when the endpoint has room.
void outlet::drain() {
  while (true) {
    const byte_view bytes = leaving_.view().subspan(left_);
    if (bytes.size() != 0) {
      left_ += by_.send_all(address_, net::lane::user, bytes);
    }
    if (left_ < leaving_.size()) {
      return;
    }
    left_ = 0;
    leaving_.clear();
    std::vector<reply_to<bool>> told;
    {
      const std::lock_guard lock(guard_);
      std::swap(leaving_, waiting_);
      told.swap(told_);
      is_scheduled_ = leaving_.size() != 0;
    }
    tell_waiting(std::move(told));
    if (leaving_.size() == 0) {
      return;
    }
  }
}

std::size_t outlet::forget(std::uint64_t run) {
  std::vector<reply_to<bool>> told;
  wire::byte_buffer waiting;
  {
    const std::lock_guard lock(guard_);
    std::swap(waiting, waiting_);
    ++losses_;
    run_ = run;
    is_taken_.clear();
    epoch_.fetch_add(1, std::memory_order_release);
    told.swap(told_);
    is_scheduled_ = false;
  }
  const std::size_t dropped = tells_in(leaving_.view().subspan(left_)) + tells_in(waiting.view());
  leaving_.clear();
  left_ = 0;
  tell_waiting(std::move(told));
  return dropped;
}

void outlet::tell_waiting(std::vector<reply_to<bool>> all) noexcept {
  for (const reply_to<bool>& each : all) {
    each.tell(true);
  }
}

}  // namespace casty::cluster
