#include "net/connection.hpp"

#include <algorithm>
#include <utility>

#include "casty/core/error.hpp"

namespace casty::net {

namespace {

// So many bytes are handed to a stream at a time.
constexpr std::size_t write_bytes = 64U << 10;
// What is acknowledged at once; less than that, a little later.
constexpr std::uint64_t owed_messages_max = 1024;
constexpr std::size_t owed_bytes_max = 256U << 10;

}  // namespace

void connection::open(std::unique_ptr<stream> over) {
  reader_ = frame_reader(handshake_bytes_max);
  out_.clear();
  is_writing_ = false;
  is_known_ = false;
  closes_ = false;
  says_last_ = false;
  stream_ = std::move(over);
  opened_ = heard_ = said_ = of_.on().now();
  stream_->start(*this);
  look();
}

void connection::is_known() {
  is_known_ = true;
  reader_.limit(of_.options().frame_bytes_max);
}

void connection::close() noexcept {
  timer_.reset();
  stream_.reset();
}

void connection::received(byte_view bytes) {
  heard_ = of_.on().now();
  try {
    reader_.feed(bytes);
    while (stream_ != nullptr && !closes_) {
      const std::optional<frame> got = reader_.next();
      if (!got) {
        break;
      }
      if (got->kind != frame_kind::heartbeat) {
        take(*got);
      } else if (!is_known_) {
        throw error(errc::corrupt, "a sign of life of a stranger");
      }
    }
  } catch (const error& broken_frame) {
    fail(broken_frame.what());
    return;
  }
  flush();
}

void connection::flush() {
  if (stream_ == nullptr || is_writing_) {
    return;
  }
  if (is_known_ && out_.size() < write_bytes) {
    write_more();
  }
  if (out_.size() == 0) {
    if (closes_ && !says_last_) {
      fail("it was refused");
    }
    return;
  }
  says_last_ = closes_;
  is_writing_ = true;
  said_ = of_.on().now();
  std::swap(out_, writing_);
  out_.clear();
  stream_->write(writing_.view());
}

void connection::drained() {
  is_writing_ = false;
  flush();
}

void connection::closed(std::string_view why) { fail(why); }

void connection::fail(std::string_view why) {
  const std::string kept(why);
  close();
  broken(kept);
}

// When there may be something to see: is the peer there, and does it know that we are?
void connection::look() {
  const endpoint_options& options = of_.options();
  const duration now = of_.on().now();
  if (closes_ || (!is_known_ && now - opened_ >= options.handshake_within)) {
    fail("it has not said in time who it is");
    return;
  }
  if (is_known_ && now - heard_ >= options.silence_max) {
    fail("nothing was heard of it");
    return;
  }
  if (is_known_ && !is_writing_ && now - said_ >= options.heartbeat_every) {
    end_frame(out_, begin_frame(out_, frame_kind::heartbeat), options.frame_bytes_max);
    flush();
  }
  duration next = options.heartbeat_every;
  if (is_known_) {
    next = std::min(next, heard_ + options.silence_max - now);
    next = is_writing_ ? next : std::min(next, said_ + options.heartbeat_every - now);
  }
  timer_ = of_.on().after(next, [this] { look(); });
}

outgoing::outgoing(endpoint& of, std::string address, lane on)
    : connection(of),
      address_(std::move(address)),
      on_(on),
      session_(of.new_session()),
      box_(of.options().outbox) {
  dial();
}

bool outgoing::put(byte_view message) {
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

lost_messages outgoing::take_left() {
  lost_messages lost{.unsent = box_.messages() - box_.sent(), .unknown = box_.sent()};
  lost.all = std::exchange(box_, outbox(of_.options().outbox));
  return lost;
}

void outgoing::shut() noexcept {
  is_shut_ = true;
  close();
  dialing_.reset();
  waiting_.reset();
}

void outgoing::dial() {
  waiting_ = of_.on().after(of_.options().handshake_within, [this] {
    dialing_.reset();
    failed("it did not answer in time");
  });
  dialing_ = of_.on().connect(address_, [this](std::unique_ptr<stream> made,
                                               std::string_view why) {
    dialed(std::move(made), why);
  });
}

void outgoing::dialed(std::unique_ptr<stream> made, std::string_view why) {
  dialing_.reset();
  waiting_.reset();
  if (made == nullptr) {
    failed(why);
    return;
  }
  open(std::move(made));
  meeting_.emplace(of_.terms(), on_, session_, of_.new_chance(), std::nullopt, proof_of_host());
  meeting_->start(out_);
  flush();
}

void outgoing::take(const frame& got) {
  if (!meeting_) {
    if (got.kind != frame_kind::acknowledgement ||
        !box_.acknowledged(receipts::read_acknowledgement(got.body))) {
      throw error(errc::corrupt, "it acknowledges what it cannot have");
    }
    if (std::exchange(has_refused_, false)) {
      of_.events().room(address_, on_);
    }
    return;
  }
  if (!meeting_->take(got, out_)) {
    return;
  }
  if (meeting_->refused()) {
    of_.events().refused(address_, *meeting_->refused());
    close_after_writing();
    return;
  }
  meet(*meeting_->met());
}

// Another run of the node knows nothing of what the one before has had: the session that it was
// told is new to it. One that has had some of this session is told of another.
void outgoing::meet(const acquaintance& met) {
  if (peer_ && *peer_ != met.peer.incarnation) {
    begin_anew(met.peer.incarnation);
  }
  peer_ = met.peer.incarnation;
  if (!box_.connected(met.received)) {
    session_ = of_.new_session();
    begin_anew(met.peer.incarnation);
    throw error(errc::corrupt, "it says it has had what was never sent");
  }
  meeting_.reset();
  wait_ = {};
  is_known();
  if (!is_shut_) {
    of_.events().connected(address_, on_);
  }
}

void outgoing::begin_anew(std::uint64_t run) {
  lost_messages lost = take_left();
  lost.run = run;
  has_refused_ = false;
  of_.events().lost(address_, on_, lost);
}

void outgoing::write_more() { box_.take(out_, write_bytes); }

void outgoing::broken(std::string_view why) {
  box_.disconnected();
  meeting_.reset();
  failed(why);
}

// Twice as long each time, and up to half of that more by chance: nodes that were cut off together
// do not call together.
void outgoing::failed(std::string_view why) {
  if (is_shut_) {
    return;
  }
  const endpoint_options& options = of_.options();
  wait_ = std::clamp(wait_ + wait_, options.reconnect_least, options.reconnect_most);
  const auto more = static_cast<std::int64_t>(
      of_.on().chance() % static_cast<std::uint64_t>(wait_.count() / 2 + 1));
  waiting_ = of_.on().after(wait_ + duration::nanoseconds(more), [this] { dial(); });
  of_.events().disconnected(address_, on_, why);
}

void incoming::start(std::unique_ptr<stream> call) {
  open(std::move(call));
  meeting_.emplace(of_.terms(), of_.new_chance(), proof_of_host());
}

void incoming::take(const frame& got) {
  if (had_ != nullptr) {
    if (got.kind != frame_kind::message) {
      throw error(errc::corrupt, "a frame that is out of place");
    }
    owed_bytes_ += got.body.size();
    if (const std::optional<byte_view> message = had_->take(got.body)) {
      of_.events().message(met_->peer, met_->lane, *message);
    }
    return;
  }
  if (!meeting_->take(got, out_)) {
    return;
  }
  if (meeting_->refused()) {
    of_.events().refused("a caller", *meeting_->refused());
    close_after_writing();
    return;
  }
  met_ = meeting_->met();
  had_ = of_.greet(*this, *met_);
  if (had_ == nullptr) {
    throw error(errc::corrupt, "a later run of this node is known");
  }
  meeting_->welcome(had_->received(), out_);
  meeting_.reset();
  is_known();
}

// Not each by itself: that would be a write here and a wake-up there for every message.
void incoming::write_more() {
  if (had_->owes(owed_messages_max) || owed_bytes_ >= owed_bytes_max) {
    acknowledge();
  } else if (had_->owes(1) && acknowledging_ == nullptr) {
    acknowledging_ = of_.on().after(of_.options().acknowledge_within, [this] {
      acknowledge();
      flush();
    });
  }
}

void incoming::acknowledge() {
  acknowledging_.reset();
  owed_bytes_ = 0;
  had_->acknowledge(out_);
}

void incoming::shut() noexcept {
  acknowledging_.reset();
  close();
}

void incoming::broken(std::string_view why) {
  of_.end(*this);
  if (is_stranger() && !meeting_->refused()) {
    of_.events().refused("a caller", {refusal_reason::broken, std::string(why)});
  }
}

}  // namespace casty::net
