/// @file
/// A node: the actors of one system, and those of others that they know.
///
///     actor here      has a number once a ref to it has left; `exports`
///     actor far away  is stood in for by one here, which sends on what it is told; `stand_ins`
///     asker here      has a number until its answer has come; `askers`
///
/// Who gets a ref says so to the actor's node, which tells when the actor has ended; then the
/// stand-in stops, and so whoever watches it knows. So it does when the node is lost.
///
/// Layer: cluster, private.
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "casty/cluster/carrier.hpp"
#include "casty/cluster/remoting.hpp"
#include "casty/runtime/system.hpp"
#include "cluster/outlet.hpp"
#include "net/endpoint.hpp"

namespace casty::cluster {

struct node_settings {
  net::node_terms terms = {};
  net::endpoint_options endpoint = {};
  /// A node that cannot be reached for so long is lost.
  duration unreachable_max = duration::seconds(10);
};

/// `count` when the protocol has no message of that layout.
[[nodiscard]] inline unsigned position_in(const wire::protocol_card& of,
                                          std::uint64_t fingerprint) noexcept {
  unsigned at = 0;
  while (at < of.count && of.messages[at].fingerprint != fingerprint) {
    ++at;
  }
  return at;
}

/// Takes out of a table what is so.
template <class Table, class Is>
[[nodiscard]] std::vector<typename Table::mapped_type> take_if(Table& table, const Is& is) {
  std::vector<typename Table::mapped_type> taken;
  for (auto each = table.begin(); each != table.end();) {
    if (is(each->second)) {
      taken.push_back(std::move(each->second));
      each = table.erase(each);
    } else {
      ++each;
    }
  }
  return taken;
}

struct watch_export {
  any_ref actor;
};
struct WatcherMessages : protocol<watch_export, terminated> {};

/// @thread  Any; what comes from the network, on its thread. It is made and ended there, or
///          while that thread does not run.
class node final : public detail::remoting, private net::endpoint_events {
 public:
  node(actor_system& system, net::network& on, const node_settings& settings);
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  ~node();

  /// @throws  `casty::error` of unavailable.
  void listen(const std::string& address) { endpoint_.listen(address); }

  /// Whether all that was to leave has arrived. On the network's thread.
  [[nodiscard]] bool is_idle();
  /// Messages to actors far away that were handed on. Each arrives, or is in a `node_lost`.
  [[nodiscard]] std::uint64_t told() const noexcept {
    return told_.load(std::memory_order_relaxed);
  }

  // remoting
  void publish(const detail::target& actor, const wire::protocol_card& as) override;
  void find(std::string_view path, std::string_view address, const wire::protocol_card& as,
            std::unique_ptr<detail::finding> told) override;

  // ref_carrier
  void write_ref(wire::byte_buffer& to, const detail::target& of,
                 const wire::protocol_card& as) override;
  [[nodiscard]] detail::target read_ref(wire::byte_reader& from,
                                        const wire::protocol_card& as) override;
  void write_asker(wire::byte_buffer& to, std::unique_ptr<wire::waiting_answer> asker) override;
  [[nodiscard]] std::shared_ptr<wire::answer_route> read_asker(wire::byte_reader& from) override;
  [[nodiscard]] detail::engine* system() noexcept override {
    return detail::engine_of(system_);
  }

 private:
  using cell_key = std::pair<const void*, std::uint32_t>;
  // An actor, as any node may know it.
  struct actor_address {
    std::string node;
    std::uint64_t run = 0;
    std::uint64_t number = 0;
    friend auto operator<=>(const actor_address&, const actor_address&) = default;
  };
  struct exported {
    detail::target to;
    const wire::protocol_card* as;
    std::set<std::string> holders;
  };
  struct stand_in {
    detail::target here;
    const wire::protocol_card* as;
  };
  // Of what other nodes hold, or owe.
  struct awaited {
    std::string node;  // empty: it is not known who answers
    std::uint64_t fingerprint = 0;  // of what asked
    std::unique_ptr<wire::waiting_answer> asker;
  };
  struct sought {
    std::string node;
    const wire::protocol_card* as;
    std::unique_ptr<detail::finding> told;
  };
  struct published {
    detail::target actor;
    const wire::protocol_card* as;
  };
  struct known_layout {
    std::string name;
    std::string description;
  };
  class far;
  class route;
  class own_route;

  // net::endpoint_events
  void message(const net::node_identity& from, net::lane on, byte_view bytes) override;
  void room(const std::string& address, net::lane on) override;
  void lost(const std::string& address, net::lane on, const net::lost_messages& what) override;
  void refused(const std::string& address, const net::refusal& why) override;
  void connected(const std::string& address, net::lane on) override;
  void disconnected(const std::string& address, net::lane on, std::string_view why) override;

  void meet(const net::node_identity& from);
  void read_note(const net::node_identity& from, byte_view bytes);
  void take_tell(const net::node_identity& from, byte_view bytes, wire::byte_reader& in);
  void take_answer(wire::byte_reader& in, byte_view bytes);
  void take_no_answer(wire::byte_reader& in);
  void take_holds(const net::node_identity& from, wire::byte_reader& in);
  void take_ended(const net::node_identity& from, wire::byte_reader& in);
  void take_find(const net::node_identity& from, wire::byte_reader& in);
  void take_found(const net::node_identity& from, wire::byte_reader& in);
  void take_not_found(wire::byte_reader& in);
  void take_layout(const net::node_identity& from, wire::byte_reader& in);
  void take_other_layout(const net::node_identity& from, wire::byte_reader& in);
  // A message whose layout is another here, or none.
  void refuse(const net::node_identity& from, std::uint64_t fingerprint,
              const wire::protocol_card& as);

  [[nodiscard]] bool is_for_us(wire::byte_reader& in) {
    return in.read_number<std::uint64_t>() == self_.incarnation;
  }
  [[nodiscard]] std::uint64_t number_of(const detail::target& actor,
                                        const wire::protocol_card& as);
  [[nodiscard]] detail::target here_of(const actor_address& of, const wire::protocol_card& as);
  [[nodiscard]] detail::target own_of(std::uint64_t number, const wire::protocol_card& as);
  [[nodiscard]] std::unique_ptr<wire::waiting_answer> take_asker(std::uint64_t number);
  [[nodiscard]] std::shared_ptr<outlet> way_to(const std::string& address);
  [[nodiscard]] std::optional<sought> take_sought(std::uint64_t number);
  void actor_ended(const detail::target& actor);
  void tell_ended(const net::node_identity& holder, std::uint64_t number);
  void end_runs(const std::string& address, std::uint64_t kept_run);
  void put(const std::string& address, const wire::byte_buffer& bytes) {
    way_to(address)->put_beyond(bytes.view());
  }

  actor_system& system_;
  net::network& on_;
  net::node_identity self_;
  duration unreachable_max_;
  actor_ref<WatcherMessages> watcher_;
  detail::target nobody_;

  std::atomic<std::uint64_t> told_{0};

  // All tables. Never held while a message is delivered.
  std::recursive_mutex guard_;
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, exported> exports_;
  std::map<cell_key, std::vector<std::uint64_t>> numbers_;  // of exports
  std::map<actor_address, std::vector<stand_in>> stand_ins_;
  std::map<cell_key, actor_address> origins_;  // of stand-ins
  std::map<std::uint64_t, awaited> askers_;
  std::map<std::uint64_t, sought> sought_;
  std::map<std::string, published, std::less<>> published_;  // by path
  std::map<std::string, std::shared_ptr<outlet>> ways_;
  std::map<std::string, std::uint64_t> runs_;  // the newest seen of each node

  // The network's thread's.
  net::node_identity heard_last_;
  std::map<std::pair<std::string, std::uint64_t>, known_layout> layouts_;
  std::set<std::pair<std::string, std::uint64_t>> refused_;
  std::map<std::string, std::unique_ptr<net::operation>> unreachable_;
  net::endpoint endpoint_;
};

}  // namespace casty::cluster
