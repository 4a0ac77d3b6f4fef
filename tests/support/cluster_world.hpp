/// @file
/// Nodes with their actors in one thread and virtual time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "casty/cluster.hpp"
#include "casty/testkit/test_system.hpp"
#include "cluster/node.hpp"
#include "support/simulated_network.hpp"

namespace support {

/// A node at `address`, which stands there as long as it lives.
class cluster_node {
 public:
  /// `died_with` has the dead letters of such a node added at its end.
  cluster_node(world& in, all_connections& open, const std::string& address, std::uint64_t run,
               std::uint64_t seed, std::uint64_t& died_with)
      : died_with_(died_with),
        net_(in, address, open),
        system_(std::make_unique<casty::testkit::test_system>(seed)),
        node_(std::make_unique<casty::cluster::node>(
            *system_, net_,
            casty::cluster::node_settings{
                .terms = {{address, run}, "bank", "sesame"},
                .unreachable_max = casty::duration::seconds(5)})) {
    node_->listen(address);
    system_->event_stream().subscribe([this](const casty::node_lost& lost) {
      lost_nodes.push_back(lost);
    });
    system_->event_stream().subscribe([this](const casty::schema_mismatch& found) {
      mismatches.push_back(found);
    });
  }
  ~cluster_node() {
    (void)system_->terminate();
    died_with_ += dead();
    node_.reset();
  }

  [[nodiscard]] casty::testkit::test_system& system() { return *system_; }
  [[nodiscard]] std::uint64_t told() const noexcept { return node_->told(); }
  /// Messages for actors that were not there, and those that waited at the end.
  [[nodiscard]] std::uint64_t dead() const {
    const auto counts = system_->counts();
    return counts.dead - counts.dead_of(casty::dead_letter_reason::late_reply);
  }

  template <class Protocol>
  casty::actor_ref<Protocol> spawn(casty::behavior<Protocol> first, std::string_view name = {}) {
    const auto made = system_->spawn(std::move(first), name);
    if (!name.empty()) {
      node_->publish(casty::detail::ref_access::get(made),
                     casty::wire::detail::card_of<Protocol>());
    }
    return made;
  }
  template <class Protocol>
  casty::future<casty::actor_ref<Protocol>> lookup(std::string_view path,
                                                   std::string_view address) {
    using found = casty::actor_ref<Protocol>;
    auto* block = casty::detail::open_ask_for<found>(node_->system());
    auto asked = casty::detail::ask_access::make<casty::future<found>>(block);
    node_->find(path, address, casty::wire::detail::card_of<Protocol>(),
                std::make_unique<casty::detail::finding_of<Protocol>>(
                    casty::detail::reply_access::make<found>(block)));
    return asked;
  }

  std::vector<casty::node_lost> lost_nodes;
  std::vector<casty::schema_mismatch> mismatches;

 private:
  std::uint64_t& died_with_;
  simulated_network net_;
  std::unique_ptr<casty::testkit::test_system> system_;
  std::unique_ptr<casty::cluster::node> node_;
};

class cluster_world {
 public:
  explicit cluster_world(std::uint64_t seed) : world_(seed) {}

  cluster_node& start(const std::string& address) {
    nodes_[address] = nullptr;  // one that stands there ends first
    return *(nodes_[address] = std::make_unique<cluster_node>(world_, open_, address, ++runs_,
                                                               world_.chance(), died_with));
  }
  void kill(const std::string& address) { nodes_.erase(address); }

  void run_for(casty::duration span) {
    const casty::duration end = world_.now() + span;
    constexpr auto step = casty::duration::milliseconds(1);
    while (world_.now() < end) {
      world_.run_for(step);
      for (const auto& [address, node] : nodes_) {
        node->system().advance(step);
      }
    }
  }
  /// Lets all go on until the answer is there.
  template <class Answer>
  casty::result<Answer> wait(casty::future<Answer> asked,
                             casty::duration longest = casty::duration::seconds(60)) {
    for (const casty::duration end = world_.now() + longest;
         !asked.is_ready_within({}) && world_.now() < end;) {
      run_for(casty::duration::milliseconds(1));
    }
    return asked.wait();
  }
  /// Breaks every connection.
  void reset_connections() {
    for (const auto& each : std::exchange(open_, {})) {
      if (const auto of = each.lock()) {
        simulated_stream::break_both(world_, of);
      }
    }
  }
  [[nodiscard]] world& all() noexcept { return world_; }

  std::uint64_t died_with = 0;  // the dead letters of nodes that were killed

 private:
  world world_;
  all_connections open_;
  std::map<std::string, std::unique_ptr<cluster_node>> nodes_;
  std::uint64_t runs_ = 0;
};

}  // namespace support
