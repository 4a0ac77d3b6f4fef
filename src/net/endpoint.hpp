/// @file
/// A node among others: sends messages to addresses, and is told what comes.
///
/// For each peer and lane there is one connection, opened by whoever sends first: messages go over
/// it in both directions, and acknowledgements. (Two that call each other at the same moment have
/// one each.) It is opened again when it breaks, after waits that grow, and goes on where the peer
/// was. Both sides tell each other about once a second that they are there; a side that hears
/// nothing for 3.5 s closes. So a peer that falls silent is noticed within 4 s.
///
/// Layer: net, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "casty/core/duration.hpp"
#include "casty/wire/bytes.hpp"
#include "net/handshake.hpp"
#include "net/identity.hpp"
#include "net/network.hpp"
#include "net/outbox.hpp"
#include "net/receipts.hpp"

namespace casty::net {

struct endpoint_options {
  outbox_limits outbox = {};
  std::uint32_t frame_bytes_max = net::frame_bytes_max;
  duration handshake_within = duration::seconds(5);
  duration heartbeat_every = duration::seconds(1);
  duration silence_max = duration::milliseconds(3500);
  /// What has come is acknowledged so late, unless it is much.
  duration acknowledge_within = duration::milliseconds(5);
  duration reconnect_least = duration::milliseconds(50);
  duration reconnect_most = duration::seconds(5);
  /// Callers that have not said who they are; the oldest of more is shown out.
  std::size_t strangers_max = 256;
};

/// Messages that were not acknowledged when their peer was lost.
struct lost_messages {
  std::size_t unsent = 0;   ///< never left
  std::size_t unknown = 0;  ///< may have arrived
  std::uint64_t run = 0;    ///< of the node that is there now; 0: it was forgotten
  outbox all = outbox();    ///< the unknown ones first
};

/// What an endpoint tells. Not to end the endpoint within; all else may be done there.
class endpoint_events {
 public:
  virtual void message(const node_identity& from, lane on, byte_view bytes) = 0;
  /// There is room again for messages to `address`, after `send` has refused one.
  virtual void room(const std::string& address, lane on) = 0;
  /// Another node runs at `address` now, or it was forgotten.
  virtual void lost(const std::string& address, lane on, const lost_messages& what) = 0;
  /// One of the sides has declined; it will be tried again. A caller who has not said who he is has
  /// the address "a caller": he was refused, or his connection broke before that.
  virtual void refused(const std::string& address, const refusal& why) = 0;
  /// What is sent to `address` goes out from now on.
  virtual void connected(const std::string& address, lane on) = 0;
  /// The connection to `address` broke, or a call of it came to nothing: told each time. It will be
  /// tried again.
  virtual void disconnected(const std::string& address, lane on, std::string_view why) = 0;

 protected:
  ~endpoint_events() = default;
};

class connection;
class way;

/// @thread  That of its network.
class endpoint {
 public:
  endpoint(network& on, node_terms terms, endpoint_events& events,
           const endpoint_options& options = {});
  endpoint(const endpoint&) = delete;
  endpoint& operator=(const endpoint&) = delete;
  ~endpoint();

  /// @throws  `casty::error` of unavailable.
  void listen(const std::string& address);

  /// Sends to whatever node runs at `address`; of the messages of one lane all that arrive do so
  /// in order, once.
  ///
  /// @returns  False when there is no room; `room` will follow.
  /// @throws   `casty::error` of bad_argument for a message over the limit, or no address.
  [[nodiscard]] bool send(const std::string& address, lane on, byte_view message);
  /// The same of many, each with its length before it, 4 bytes of this machine's.
  ///
  /// @returns  How many bytes of `all` those take that had room.
  [[nodiscard]] std::size_t send_all(const std::string& address, lane on, byte_view all);
  /// Whether all that was sent was acknowledged.
  [[nodiscard]] bool is_idle() const noexcept;
  /// Ends all that goes to that address, and the connections that it goes over; of that only `lost`
  /// is told.
  void forget(const std::string& address);

  // For ways and connections.
  [[nodiscard]] network& on() noexcept { return on_; }
  [[nodiscard]] const node_terms& terms() const noexcept { return terms_; }
  [[nodiscard]] const endpoint_options& options() const noexcept { return options_; }
  [[nodiscard]] endpoint_events& events() noexcept { return events_; }
  [[nodiscard]] chance new_chance();
  [[nodiscard]] std::uint64_t new_session() noexcept { return ++sessions_; }
  [[nodiscard]] connection& open(std::unique_ptr<stream> made, way& carried);
  // On which the peer of that address sends, and is sent nothing; or null.
  [[nodiscard]] connection* caller(const std::string& address, lane on) const noexcept;
  // What was had of a peer; null when a later run or session of it is known.
  [[nodiscard]] receipts* greet(connection& by, const acquaintance& met);
  // What waits to go there goes over it.
  void has_come(connection& call);
  void end(connection& gone, std::string_view why);

  [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }

 private:
  [[nodiscard]] way& way_to(const std::string& address, lane on);

  struct known_peer {
    std::uint64_t incarnation = 0;
    receipts had[lanes] = {};
    std::uint64_t session[lanes] = {};  // to which they belong
    connection* by[lanes] = {};
  };

  void take_call(std::unique_ptr<stream> call);
  void clear_later();

  network& on_;
  node_terms terms_;
  endpoint_events& events_;
  endpoint_options options_;
  std::map<std::pair<std::string, lane>, std::unique_ptr<way>> ways_;
  std::map<std::string, known_peer> peers_;              // who has sent, by address
  std::list<std::unique_ptr<connection>> connections_;   // the newest last
  std::list<std::unique_ptr<connection>> gone_;          // until their event is over
  std::list<std::unique_ptr<way>> forgotten_;            // the same
  std::unique_ptr<operation> clearing_;
  std::unique_ptr<operation> listening_;
  std::uint64_t sessions_ = 0;
};

}  // namespace casty::net
