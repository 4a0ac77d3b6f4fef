#include "net/way.hpp"

#include <algorithm>
#include <utility>

#include "casty/core/error.hpp"
#include "net/connection.hpp"
#include "net/frame.hpp"

namespace casty::net {

way::way(endpoint& of, std::string address, lane on)
    : of_(of),
      address_(std::move(address)),
      on_(on),
      session_(of.new_session()),
      box_(of.options().outbox) {
  call();
}

bool way::put(byte_view message) {
  if (message.size() + sizeof(std::uint64_t) + 1 > of_.options().frame_bytes_max) {
    throw error(errc::bad_argument, "a message of " + std::to_string(message.size()) +
                                        " bytes is over the limit of frames");
  }
  if (!box_.put(message)) {
    has_refused_ = true;
    return false;
  }
  return true;
}

void way::send() {
  if (over_ != nullptr) {
    over_->flush();
  }
}

lost_messages way::take_left() {
  lost_messages lost{.unsent = box_.messages() - box_.sent(), .unknown = box_.sent()};
  lost.all = std::exchange(box_, outbox(of_.options().outbox));
  return lost;
}

void way::shut() {
  is_shut_ = true;
  calling_.reset();
  waiting_.reset();
  if (over_ != nullptr) {
    of_.end(*over_, {});
  }
}

void way::go_over(connection& call) {
  calling_.reset();
  waiting_.reset();
  over_ = &call;
  call.carry(*this);
}

void way::call() {
  if (connection* const caller = of_.caller(address_, on_)) {
    go_over(*caller);
    return;
  }
  waiting_ = of_.on().after(of_.options().handshake_within, [this] {
    calling_.reset();
    failed("it did not answer in time");
  });
  calling_ = of_.on().connect(address_, [this](std::unique_ptr<stream> made,
                                               std::string_view why) {
    called(std::move(made), why);
  });
}

void way::called(std::unique_ptr<stream> made, std::string_view why) {
  calling_.reset();
  waiting_.reset();
  if (made == nullptr) {
    failed(why);
    return;
  }
  over_ = &of_.open(std::move(made), *this);
}

// Another run of the node knows nothing of what the one before has had: the session that it was
// told is new to it. One that has had some of this session is told of another.
void way::connected(const acquaintance& met) {
  if (peer_ && *peer_ != met.peer.incarnation) {
    begin_anew(met.peer.incarnation);
  }
  peer_ = met.peer.incarnation;
  if (!box_.connected(met.received)) {
    session_ = of_.new_session();
    begin_anew(met.peer.incarnation);
    throw error(errc::corrupt, "it says it has had what was never sent");
  }
  wait_ = {};
  if (!is_shut_) {
    of_.events().connected(address_, on_);
  }
}

void way::acknowledged(std::uint64_t received) {
  if (!box_.acknowledged(received)) {
    throw error(errc::corrupt, "it acknowledges what it cannot have");
  }
  if (std::exchange(has_refused_, false)) {
    of_.events().room(address_, on_);
  }
}

void way::begin_anew(std::uint64_t run) {
  lost_messages lost = take_left();
  lost.run = run;
  has_refused_ = false;
  of_.events().lost(address_, on_, lost);
}

void way::has_restarted(std::uint64_t run) {
  if (over_ != nullptr && over_->met() && over_->met()->peer.incarnation < run) {
    of_.end(*over_, "a later run of the node is there");
  }
  if (!is_shut_ && peer_ && *peer_ < run) {
    peer_ = run;
    begin_anew(run);
  }
}

void way::broken(std::string_view why) {
  over_ = nullptr;
  box_.disconnected();
  failed(why);
}

// Twice as long each time, and up to half of that more by chance: nodes that were cut off together
// do not call together. No longer than a moment where the peer has called meanwhile.
void way::failed(std::string_view why) {
  if (is_shut_) {
    return;
  }
  const endpoint_options& options = of_.options();
  wait_ = std::clamp(wait_ + wait_, options.reconnect_least, options.reconnect_most);
  const auto more = static_cast<std::int64_t>(
      of_.on().chance() % static_cast<std::uint64_t>(wait_.count() / 2 + 1));
  const bool has_come = of_.caller(address_, on_) != nullptr;
  waiting_ = of_.on().after(has_come ? duration() : wait_ + duration::nanoseconds(more),
                            [this] { call(); });
  of_.events().disconnected(address_, on_, why);
}

}  // namespace casty::net
