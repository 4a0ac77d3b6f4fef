#include "net/connection.hpp"

#include <algorithm>
#include <utility>

#include "casty/core/error.hpp"
#include "net/endpoint.hpp"
#include "net/way.hpp"

namespace casty::net {

namespace {

// So many bytes are handed to a stream at a time.
constexpr std::size_t write_bytes = 64U << 10;
// What is acknowledged at once; less than that, a little later.
constexpr std::uint64_t owed_messages_max = 1024;
constexpr std::size_t owed_bytes_max = 256U << 10;

// Of whoever is at the other end, as the stream knows it; for as long as there is one.
host_proof proof_of(const stream& over) {
  return [&over](const std::string& host) { return over.is_named(host); };
}

}  // namespace

connection::connection(endpoint& of, std::unique_ptr<stream> call)
    : of_(of), stream_(std::move(call)) {
  called_.emplace(of.terms(), of.new_chance(), proof_of(*stream_));
  open();
}

connection::connection(endpoint& of, std::unique_ptr<stream> made, way& carried)
    : of_(of), stream_(std::move(made)), carries_(&carried) {
  calling_.emplace(of.terms(), carried.on(), carried.session(), of.new_chance(), std::nullopt,
                   proof_of(*stream_), carried.address());
  open();
  calling_->start(out_);
  flush();
}

void connection::open() {
  asked_ = heard_ = said_ = of_.on().now();
  stream_->start(*this);
  look();
}

way* connection::shut() noexcept {
  acknowledging_.reset();
  timer_.reset();
  stream_.reset();
  return std::exchange(carries_, nullptr);
}

void connection::carry(way& carried) {
  carries_ = &carried;
  awaits_resumed_ = true;
  asked_ = of_.on().now();
  append_frame(out_, frame_kind::session, carried.session());
  flush();
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
      take(*got);
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
  const bool says_nothing = is_stranger() && !called_->refused();
  of_.end(*this, kept);
  if (says_nothing) {
    of_.events().refused("a caller", {refusal_reason::broken, kept});
  }
}

// When there may be something to see: is the peer there, and does it know that we are?
void connection::look() {
  const endpoint_options& options = of_.options();
  const duration now = of_.on().now();
  const bool is_asked = !is_known_ || awaits_resumed_;
  if (closes_ || (is_asked && now - asked_ >= options.handshake_within)) {
    fail(is_known_ ? "it has not said in time what it has had"
                   : "it has not said in time who it is");
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

void connection::take(const frame& got) {
  if (calling_) {
    take_from_called(got);
    return;
  }
  if (called_) {
    take_from_caller(got);
    return;
  }
  switch (got.kind) {
    case frame_kind::message: take_message(got.body); return;
    case frame_kind::acknowledgement:
      if (carries_ == nullptr || awaits_resumed_) {
        throw error(errc::corrupt, "it acknowledges what it cannot have");
      }
      carries_->acknowledged(number_in(got.body));
      return;
    case frame_kind::heartbeat: return;
    case frame_kind::session: take_session(number_in(got.body)); return;
    case frame_kind::resumed: take_resumed(number_in(got.body)); return;
    default: throw error(errc::corrupt, "a frame that is out of place");
  }
}

void connection::take_from_called(const frame& got) {
  if (!calling_->take(got, out_)) {
    return;
  }
  if (calling_->refused()) {
    refuse(carries_->address(), *calling_->refused());
    return;
  }
  become_known(*calling_->met());
  calling_.reset();
  carries_->connected(*met_);
}

void connection::take_from_caller(const frame& got) {
  if (!called_->take(got, out_)) {
    return;
  }
  if (called_->refused()) {
    refuse("a caller", *called_->refused());
    return;
  }
  had_ = of_.greet(*this, *called_->met());
  if (had_ == nullptr) {
    throw error(errc::corrupt, "a later run of this node is known");
  }
  called_->welcome(had_->received(), out_);
  become_known(*called_->met());
  called_.reset();
  of_.has_come(*this);
}

void connection::become_known(const acquaintance& met) {
  met_ = met;
  is_known_ = true;
  reader_.limit(of_.options().frame_bytes_max);
}

void connection::refuse(const std::string& whom, const refusal& why) {
  closes_ = true;
  of_.events().refused(whom, why);
}

void connection::take_message(byte_view body) {
  if (had_ == nullptr) {
    throw error(errc::corrupt, "a message of no session");
  }
  owed_bytes_ += body.size();
  if (const std::optional<byte_view> message = had_->take(body)) {
    of_.events().message(met_->peer, met_->lane, *message);
  }
}

void connection::take_session(std::uint64_t session) {
  if (had_ != nullptr) {
    throw error(errc::corrupt, "a second session");
  }
  met_->session = session;
  had_ = of_.greet(*this, *met_);
  if (had_ == nullptr) {
    throw error(errc::corrupt, "a later run of this node is known");
  }
  append_frame(out_, frame_kind::resumed, had_->received());
}

void connection::take_resumed(std::uint64_t received) {
  if (!std::exchange(awaits_resumed_, false)) {
    throw error(errc::corrupt, "it resumes what was not begun");
  }
  acquaintance met = *met_;
  met.received = received;
  carries_->connected(met);
}

// Acknowledgements not each by itself: that would be a write here and a wake-up there for every
// message.
void connection::write_more() {
  if (had_ != nullptr && (had_->owes(owed_messages_max) || owed_bytes_ >= owed_bytes_max)) {
    acknowledge();
  } else if (had_ != nullptr && had_->owes(1) && acknowledging_ == nullptr) {
    acknowledging_ = of_.on().after(of_.options().acknowledge_within, [this] {
      acknowledge();
      flush();
    });
  }
  if (carries_ != nullptr) {
    carries_->take(out_, write_bytes);
  }
}

void connection::acknowledge() {
  acknowledging_.reset();
  owed_bytes_ = 0;
  had_->acknowledge(out_);
}

}  // namespace casty::net
