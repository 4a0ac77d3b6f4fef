#include "net/endpoint.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "net/connection.hpp"
#include "net/way.hpp"

namespace casty::net {

endpoint::endpoint(network& on, node_terms terms, endpoint_events& events,
                   const endpoint_options& options)
    : on_(on), terms_(std::move(terms)), events_(events), options_(options) {}

endpoint::~endpoint() = default;

void endpoint::listen(const std::string& address) {
  listening_ = on_.listen(address,
                          [this](std::unique_ptr<stream> call) { take_call(std::move(call)); });
}

way& endpoint::way_to(const std::string& address, lane on) {
  auto to = ways_.find({address, on});
  if (to == ways_.end()) {
    auto made = std::make_unique<way>(*this, address, on);
    to = ways_.emplace(std::pair(address, on), std::move(made)).first;
  }
  return *to->second;
}

bool endpoint::send(const std::string& address, lane on, byte_view message) {
  way& to = way_to(address, on);
  const bool has_room = to.put(message);
  to.send();
  return has_room;
}

std::size_t endpoint::send_all(const std::string& address, lane on, byte_view all) {
  way& to = way_to(address, on);
  std::size_t taken = 0;
  while (taken < all.size()) {
    std::uint32_t length = 0;
    std::memcpy(&length, all.data() + taken, sizeof(length));
    if (!to.put(all.subspan(taken + sizeof(length), length))) {
      break;
    }
    taken += sizeof(length) + length;
  }
  to.send();
  return taken;
}

bool endpoint::is_idle() const noexcept {
  return std::ranges::all_of(ways_, [](const auto& each) { return each.second->is_idle(); });
}

void endpoint::forget(const std::string& address) {
  for (const lane on : {lane::control, lane::user, lane::bulk}) {
    if (const auto found = ways_.find({address, on}); found != ways_.end()) {
      const lost_messages lost = found->second->take_left();
      found->second->shut();
      forgotten_.push_back(std::move(found->second));
      ways_.erase(found);
      clear_later();
      events_.lost(address, on, lost);
    }
  }
}

chance endpoint::new_chance() {
  chance made = {};
  for (std::size_t at = 0; at < made.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t some = on_.chance();
    std::memcpy(made.data() + at, &some, sizeof(some));
  }
  return made;
}

void endpoint::take_call(std::unique_ptr<stream> call) {
  const auto is_stranger = [](const auto& each) { return each->is_stranger(); };
  const auto strangers =
      static_cast<std::size_t>(std::ranges::count_if(connections_, is_stranger));
  if (strangers >= options_.strangers_max) {
    connections_.erase(std::ranges::find_if(connections_, is_stranger));
  }
  connections_.push_back(std::make_unique<connection>(*this, std::move(call)));
}

connection& endpoint::open(std::unique_ptr<stream> made, way& carried) {
  connections_.push_back(std::make_unique<connection>(*this, std::move(made), carried));
  return *connections_.back();
}

connection* endpoint::caller(const std::string& address, lane on) const noexcept {
  const auto peer = peers_.find(address);
  if (peer == peers_.end()) {
    return nullptr;
  }
  connection* const by = peer->second.by[static_cast<unsigned>(on)];
  return by != nullptr && by->is_free() ? by : nullptr;
}

void endpoint::has_come(connection& call) {
  const acquaintance& met = *call.met();
  const auto found = ways_.find({met.peer.address, met.lane});
  if (found != ways_.end() && found->second->has_no_connection() &&
      caller(met.peer.address, met.lane) == &call) {
    found->second->go_over(call);
  }
}

// What ends may tell of it, and that may end others, this one too: it is noted before.
receipts* endpoint::greet(connection& by, const acquaintance& met) {
  known_peer& peer = peers_[met.peer.address];
  const auto on = static_cast<unsigned>(met.lane);
  const bool is_later_run = met.peer.incarnation > peer.incarnation;
  if (!is_later_run &&
      (met.peer.incarnation < peer.incarnation || met.session < peer.session[on])) {
    return nullptr;
  }
  const known_peer before = peer;
  if (is_later_run) {
    peer = known_peer{.incarnation = met.peer.incarnation};
  }
  if (met.session > peer.session[on]) {
    peer.had[on] = receipts();
    peer.session[on] = met.session;
  }
  peer.by[on] = &by;
  for (unsigned each = 0; each < lanes; ++each) {
    // A caller who calls again has lost the other connection, though we may not know it yet.
    connection* const lost = is_later_run || each == on ? before.by[each] : nullptr;
    if (lost != nullptr && lost != &by) {
      end(*lost, "it has called again");
    }
  }
  if (is_later_run) {
    for (const lane each : {lane::control, lane::user, lane::bulk}) {
      if (const auto to = ways_.find({met.peer.address, each}); to != ways_.end()) {
        to->second->has_restarted(met.peer.incarnation);
      }
    }
  }
  return &peer.had[on];
}

// It may be what has called, here and in `forget`: it ends when that is over.
void endpoint::end(connection& gone, std::string_view why) {
  for (auto& [address, peer] : peers_) {
    std::ranges::replace(peer.by, &gone, nullptr);
  }
  const auto found = std::ranges::find_if(
      connections_, [&](const auto& each) { return each.get() == &gone; });
  if (found == connections_.end()) {
    return;
  }
  gone_.splice(gone_.end(), connections_, found);
  clear_later();
  if (way* const carried = gone.shut()) {
    carried->broken(why);
  }
}

void endpoint::clear_later() {
  clearing_ = on_.after(duration::seconds(0), [this] {
    gone_.clear();
    forgotten_.clear();
  });
}

}  // namespace casty::net
