#include "net/endpoint.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "net/connection.hpp"

namespace casty::net {

endpoint::endpoint(network& on, node_terms terms, endpoint_events& events,
                   const endpoint_options& options)
    : on_(on), terms_(std::move(terms)), events_(events), options_(options) {}

endpoint::~endpoint() = default;

void endpoint::listen(const std::string& address) {
  listening_ = on_.listen(address,
                          [this](std::unique_ptr<stream> call) { take_call(std::move(call)); });
}

outgoing& endpoint::way_to(const std::string& address, lane on) {
  auto to = outgoing_.find({address, on});
  if (to == outgoing_.end()) {
    auto made = std::make_unique<outgoing>(*this, address, on);
    to = outgoing_.emplace(std::pair(address, on), std::move(made)).first;
  }
  return *to->second;
}

bool endpoint::send(const std::string& address, lane on, byte_view message) {
  outgoing& to = way_to(address, on);
  const bool has_room = to.put(message);
  to.send();
  return has_room;
}

std::size_t endpoint::send_all(const std::string& address, lane on, byte_view all) {
  outgoing& to = way_to(address, on);
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
  return std::ranges::all_of(outgoing_, [](const auto& each) { return each.second->is_idle(); });
}

void endpoint::forget(const std::string& address) {
  for (const lane on : {lane::control, lane::user, lane::bulk}) {
    if (const auto found = outgoing_.find({address, on}); found != outgoing_.end()) {
      const lost_messages lost = found->second->take_left();
      found->second->shut();
      forgotten_.push_back(std::move(found->second));
      outgoing_.erase(found);
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
  const auto strangers = static_cast<std::size_t>(std::ranges::count_if(
      callers_, [](const auto& each) { return each->is_stranger(); }));
  if (strangers >= options_.strangers_max) {
    const auto oldest = std::ranges::find_if(
        callers_, [](const auto& each) { return each->is_stranger(); });
    callers_.erase(oldest);
  }
  callers_.push_back(std::make_unique<incoming>(*this));
  callers_.back()->start(std::move(call));
}

receipts* endpoint::greet(incoming& by, const acquaintance& met) {
  known_peer& peer = peers_[met.peer.address];
  if (met.peer.incarnation < peer.incarnation) {
    return nullptr;
  }
  if (met.peer.incarnation > peer.incarnation) {
    const known_peer before = std::exchange(peer, known_peer{.incarnation = met.peer.incarnation});
    for (incoming* each : before.by) {
      if (each != nullptr) {
        end(*each);
      }
    }
  }
  // A caller who calls again has lost the other connection, though we may not know it yet.
  const auto on = static_cast<unsigned>(met.lane);
  if (met.session < peer.session[on]) {
    return nullptr;
  }
  if (met.session > peer.session[on]) {
    peer.had[on] = receipts();
    peer.session[on] = met.session;
  }
  if (incoming* before = std::exchange(peer.by[on], &by); before != nullptr) {
    end(*before);
  }
  return &peer.had[on];
}

// It may be what has called, here and in `forget`: it ends when that is over.
void endpoint::end(incoming& connection) {
  for (auto& [address, peer] : peers_) {
    std::ranges::replace(peer.by, &connection, nullptr);
  }
  const auto found = std::ranges::find_if(
      callers_, [&](const auto& each) { return each.get() == &connection; });
  if (found == callers_.end()) {
    return;
  }
  connection.shut();
  gone_.splice(gone_.end(), callers_, found);
  clear_later();
}

void endpoint::clear_later() {
  clearing_ = on_.after(duration::seconds(0), [this] {
    gone_.clear();
    forgotten_.clear();
  });
}

}  // namespace casty::net
