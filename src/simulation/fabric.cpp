#include "simulation/fabric.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "casty/core/error.hpp"

namespace casty::simulation {

namespace {

// What may be on its way, or unread.
constexpr std::size_t window = std::size_t{256} * 1024;
constexpr std::size_t piece_most = std::size_t{64} * 1024;
// As the TCP of production gives up a peer (TCP_USER_TIMEOUT), and sends again what is lost.
constexpr duration gives_up_after = duration::seconds(2);
constexpr duration sent_again_after = duration::milliseconds(200);
constexpr duration called_again_after = duration::seconds(1);

// The last of so many bytes that are coming, one at least.
duration written_at(const stream_end& to, std::size_t count) {
  auto last = to.when_written.begin();
  for (std::size_t seen = last->bytes; seen < count; seen += last->bytes) {
    ++last;
  }
  return last->at;
}

void take_coming(stream_end& to, std::size_t count) {
  to.arrived.append(to.coming, 0, count);
  to.coming.erase(0, count);
  while (count != 0) {
    written& first = to.when_written.front();
    const std::size_t taken = std::min(count, first.bytes);
    count -= taken;
    first.bytes -= taken;
    if (first.bytes == 0) {
      to.when_written.pop_front();
    }
  }
}

class simulated_stream final : public net::stream {
 public:
  simulated_stream(fabric& in, fabric::shared_connection of, int end)
      : in_(in), of_(std::move(of)), end_(end) {}
  ~simulated_stream() override { in_.close(of_, end_); }

  void start(net::stream_events& events) override {
    of_->ends[end_].events = &events;
    in_.start(of_, end_);
  }
  void write(byte_view bytes) override { in_.write(of_, end_, bytes); }

 private:
  fabric& in_;
  fabric::shared_connection of_;
  int end_;
};

}  // namespace

void fabric::listen(const std::string& address, process_number in, taker called) {
  if (!listeners_.try_emplace(address, listener{in, std::move(called)}).second) {
    throw error(errc::unavailable, address + ": it is taken");
  }
}

void fabric::connect(const std::string& from, const std::string& to, process_number in,
                     const std::weak_ptr<caller>& done) {
  in_.at(in_.now() + between(from, to).delay + in_.below(duration::milliseconds(2)),
         [this, made = call{from, to, in, done}] { arrive(made); });
}

void fabric::arrive(const call& made) {
  if (made.done.expired()) {
    return;
  }
  const link& there = between(made.from, made.to);
  const link& back = between(made.to, made.from);
  if (there.holds + back.holds != 0) {
    stall([this, made] { arrive(made); });
    return;
  }
  if (there.cuts + back.cuts != 0 || unplugged_.contains(made.to)) {
    in_.at(in_.now() + called_again_after, [this, made] { arrive(made); });
    return;
  }
  if (const auto found = listeners_.find(made.to); found != listeners_.end()) {
    open(made, found->second);
    return;
  }
  in_.at(in_.now(), [done = made.done] {
    if (const auto told = done.lock()) {
      (*told)(nullptr, "connection refused");
    }
  }, made.in);
}

void fabric::open(const call& by, const listener& to) {
  const auto made = std::make_shared<connection>();
  made->ends[0].address = by.from;
  made->ends[0].in = by.in;
  made->ends[1].address = by.to;
  made->ends[1].in = to.in;
  made->to[0] = &between(by.to, by.from);
  made->to[1] = &between(by.from, by.to);
  if (open_.size() == open_.capacity()) {
    std::erase_if(open_, [](const auto& each) { return each.expired(); });
  }
  open_.push_back(made);
  ++made_;
  // Who does not get his end has closed it. (A function is copied.)
  using held = std::unique_ptr<net::stream>;
  const auto taken = std::make_shared<held>(std::make_unique<simulated_stream>(*this, made, 1));
  const auto given = std::make_shared<held>(std::make_unique<simulated_stream>(*this, made, 0));
  in_.at(in_.now(), [this, address = by.to, taken] {
    if (const auto takes = listeners_.find(address); takes != listeners_.end()) {
      const taker called = takes->second.called;
      called(std::move(*taken));
    }
  }, to.in);
  in_.at(in_.now(), [done = by.done, given] {
    if (const auto told = done.lock()) {
      (*told)(std::move(*given), "");
    }
  }, by.in);
}

void fabric::start(const shared_connection& of, int end) {
  stream_end& here = of->ends[end];
  if (!here.arrived.empty() && !std::exchange(here.is_reading, true)) {
    in_.at(in_.now(), [this, of, end] { read(of, end); }, here.in);
  }
  move(of, end);
}

void fabric::write(const shared_connection& of, int end, byte_view bytes) {
  stream_end& here = of->ends[end];
  if (here.is_closed) {
    return;
  }
  stream_end& there = of->ends[1 - end];
  there.coming.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  there.when_written.push_back({in_.now(), bytes.size()});
  if (here.unacknowledged == 0) {
    here.progress = in_.now();
  }
  here.unacknowledged += bytes.size();
  watch(of, end);
  move(of, 1 - end);
  if (here.unacknowledged > window) {
    here.waits_for_room = true;
    return;
  }
  in_.soon([of, end] {
    if (net::stream_events* events = of->ends[end].events) {
      events->drained();
    }
  }, here.in);
}

// The other end reads what is still coming, and then the end.
void fabric::close(const shared_connection& of, int end) {
  of->ends[end].events = nullptr;
  if (!std::exchange(of->ends[end].is_closed, true)) {
    of->ends[end].closed_at = in_.now();
    move(of, 1 - end);
  }
}

// What is coming arrives in pieces, in order; the last one is the end of it.
void fabric::move(const shared_connection& of, int end) {
  stream_end& to = of->ends[end];
  const bool is_last = of->ends[1 - end].is_closed && to.coming.empty();
  if (to.is_moving || of->is_reset || of->is_half_open || to.is_closed ||
      of->ends[1 - end].is_torn || (to.coming.empty() && !is_last) || to.arrived.size() > window) {
    return;
  }
  to.is_moving = true;
  link& over = *of->to[end];
  // On a slow link smaller ones, so that each makes progress.
  const std::size_t most = over.bytes_per_second == 0
                               ? piece_most
                               : std::max<std::size_t>(over.bytes_per_second / 10, 1);
  const std::size_t count = is_last ? 0 : 1 + in_.below(std::min(to.coming.size(), most));
  duration when = in_.now();
  if (over.bytes_per_second != 0) {
    const auto takes = static_cast<std::int64_t>(count * 1'000'000'000 / over.bytes_per_second);
    when = over.free_at = std::max(over.free_at, when) + duration::nanoseconds(takes);
  }
  // What was written while another piece was on its way has gone some of the way, too.
  const duration begun = is_last ? of->ends[1 - end].closed_at : written_at(to, count);
  when = std::max(when, begun + over.delay);
  when = when + in_.below(duration::milliseconds(2));
  if (lost_below_ != 0 && in_.chance() < lost_below_) {
    when = when + sent_again_after + in_.below(sent_again_after);
  }
  in_.at(when, [this, of, end, count] { arrive(of, end, count); });
}

void fabric::arrive(const shared_connection& of, int end, std::size_t count) {
  stream_end& to = of->ends[end];
  if (of->is_reset || of->is_half_open || to.is_closed || of->ends[1 - end].is_torn) {
    return;
  }
  if (!of->to[end]->is_open()) {
    stall([this, of, end, count] { arrive(of, end, count); });
    return;
  }
  to.is_moving = false;
  if (count == 0) {
    tell_closed(of, end, "it is closed by the other side");
    return;
  }
  in_.trace(std::hash<std::string_view>()(std::string_view(to.coming).substr(0, count)));
  take_coming(to, count);
  acknowledge(of, 1 - end, count);
  if (in_.is_paused(to.in) || to.is_reading || to.events == nullptr) {
    if (to.events != nullptr && !std::exchange(to.is_reading, true)) {
      in_.at(in_.now(), [this, of, end] { read(of, end); }, to.in);
    }
  } else {
    read(of, end);
    in_.wake(to.in);
  }
  move(of, end);
}

void fabric::read(const shared_connection& of, int end) {
  stream_end& here = of->ends[end];
  here.is_reading = false;
  const std::string bytes = std::exchange(here.arrived, {});
  if (here.events != nullptr && !of->is_reset) {
    here.events->received(std::as_bytes(std::span(bytes)));
  }
  move(of, end);
}

// Of what was written at that end.
void fabric::acknowledge(const shared_connection& of, int end, std::size_t count) {
  stream_end& here = of->ends[end];
  if (of->is_reset || of->is_half_open || here.is_closed) {
    return;
  }
  if (!of->to[end]->is_open()) {
    stall([this, of, end, count] { acknowledge(of, end, count); });
    return;
  }
  here.unacknowledged -= count;
  here.progress = in_.now();
  if (here.waits_for_room && here.unacknowledged <= window) {
    here.waits_for_room = false;
    in_.at(in_.now(), [of, end] {
      if (net::stream_events* events = of->ends[end].events) {
        events->drained();
      }
    }, here.in);
  }
}

void fabric::watch(const shared_connection& of, int end) {
  if (std::exchange(of->ends[end].is_watched, true)) {
    return;
  }
  in_.at(of->ends[end].progress + gives_up_after, [this, of, end] {
    stream_end& here = of->ends[end];
    here.is_watched = false;
    if (here.is_closed || of->is_reset || here.unacknowledged == 0) {
      return;
    }
    if (of->to[0]->holds + of->to[1]->holds != 0) {
      here.progress = in_.now();
    }
    if (in_.now() - here.progress >= gives_up_after) {
      of->is_half_open = true;
      tell_closed(of, end, "nothing is acknowledged any more");
    } else {
      watch(of, end);
    }
  });
}

void fabric::end_process(const std::string& address) {
  for (const shared_connection& each : open_between(address, "")) {
    for (const int end : {0, 1}) {
      if (each->ends[end].address == address) {
        // The kernel says so in order, or at once where something was not read.
        in_.below(2) == 0 ? close(each, end) : tear(each, end);
      }
    }
  }
}

void fabric::tear(const shared_connection& of, int end) {
  stream_end& here = of->ends[end];
  if (std::exchange(here.is_closed, true)) {
    return;
  }
  here.events = nullptr;
  here.is_torn = true;
  in_.at(in_.now() + of->to[1 - end]->delay + in_.below(duration::milliseconds(2)),
         [this, of, end] { arrive_torn(of, 1 - end); });
}

void fabric::arrive_torn(const shared_connection& of, int end) {
  if (of->is_reset || of->is_half_open) {
    return;
  }
  if (!of->to[end]->is_open()) {
    stall([this, of, end] { arrive_torn(of, end); });
    return;
  }
  tell_closed(of, end, "the connection is reset");
}

// After what has arrived.
void fabric::tell_closed(const shared_connection& of, int end, const char* why) {
  in_.at(in_.now(), [of, end, why] {
    if (net::stream_events* events = std::exchange(of->ends[end].events, nullptr)) {
      events->closed(why);
    }
  }, of->ends[end].in);
}

void fabric::reset(const shared_connection& of) {
  of->is_reset = true;
  for (const int end : {0, 1}) {
    in_.soon([this, of, end] { tell_closed(of, end, "the connection is reset"); });
  }
}

std::vector<fabric::shared_connection> fabric::open_between(const std::string& from,
                                                            const std::string& to) {
  std::vector<shared_connection> found;
  std::erase_if(open_, [](const auto& each) { return each.expired(); });
  for (const auto& each : open_) {
    const shared_connection of = each.lock();
    const std::string& left = of->ends[0].address;
    const std::string& right = of->ends[1].address;
    if ((left == from && (to.empty() || right == to)) ||
        (right == from && (to.empty() || left == to))) {
      found.push_back(of);
    }
  }
  return found;
}

void fabric::reset(const std::string& from, const std::string& to) {
  for (const shared_connection& each : open_between(from, to)) {
    reset(each);
  }
}

void fabric::reset_all() {
  std::vector<std::weak_ptr<connection>> all;
  all.swap(open_);
  for (const auto& each : all) {
    if (const shared_connection of = each.lock()) {
      reset(of);
    }
  }
}

void fabric::leave_half_open(const std::string& from, const std::string& to) {
  for (const shared_connection& each : open_between(from, to)) {
    each->is_half_open = true;
  }
}

void fabric::unplug(const std::string& address) {
  unplugged_.insert(address);
  leave_half_open(address, "");
}

void fabric::mend(const std::string& from, const std::string& to) {
  --between(from, to).cuts;
  go_on();
}

void fabric::release(const std::string& from, const std::string& to) {
  --between(from, to).holds;
  go_on();
}

void fabric::heal() {
  for (auto& [ends, each] : links_) {
    each = {};
  }
  unplugged_.clear();
  go_on();
}

void fabric::go_on() {
  for (std::function<void()>& each : std::exchange(stalled_, {})) {
    in_.at(in_.now() + in_.below(sent_again_after), std::move(each));
  }
}

}  // namespace casty::simulation
