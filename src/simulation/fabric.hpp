/// @file
/// What lies between nodes: links that are cut, hold, delay and lose, and the connections over
/// them.
///
///     written --in flight--> coming --over the link--> arrived --read--> told
///
/// Layer: simulation, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/network.hpp"
#include "simulation/world.hpp"

namespace casty::simulation {

/// One direction between two addresses. Several faults may cut or hold it.
struct link {
  unsigned cuts = 0;   // nothing arrives, and TCP gives up after a while
  unsigned holds = 0;  // nothing arrives, and nobody gives up
  duration delay = {};
  std::uint64_t bytes_per_second = 0;  // 0: no limit
  duration free_at = {};

  [[nodiscard]] bool is_open() const noexcept { return cuts == 0 && holds == 0; }
};

struct written {
  duration at = {};
  std::size_t bytes = 0;
};

/// One end of a connection.
struct stream_end {
  std::string address;
  process_number in = nobody;
  net::stream_events* events = nullptr;
  bool is_closed = false;    // by its owner
  duration closed_at = {};
  bool is_torn = false;      // its process is gone, and what was on its way from there, too
  std::string coming = {};   // to here, on the way
  std::deque<written> when_written = {};  // that
  std::string arrived = {};  // not read yet
  bool is_moving = false;
  bool is_reading = false;
  std::size_t unacknowledged = 0;  // of what was written here
  duration progress = {};          // when it was less, last
  bool waits_for_room = false;
  bool is_watched = false;
};

struct connection {
  stream_end ends[2];
  link* to[2] = {};
  bool is_reset = false;
  bool is_half_open = false;  // both ends believe in it, and nothing arrives
};

class fabric {
 public:
  using shared_connection = std::shared_ptr<connection>;
  using taker = std::function<void(std::unique_ptr<net::stream>)>;
  using caller = std::function<void(std::unique_ptr<net::stream>, std::string_view why)>;

  explicit fabric(world& in) noexcept : in_(in) {}
  fabric(const fabric&) = delete;
  fabric& operator=(const fabric&) = delete;
  // What is under way knows it.
  ~fabric() { in_.drop_events(); }

  [[nodiscard]] world& all() noexcept { return in_; }

  // The seam's.
  void listen(const std::string& address, process_number in, taker called);
  void end_listening(const std::string& address) { listeners_.erase(address); }
  /// `done` is held weakly: who calls off lets go of it.
  void connect(const std::string& from, const std::string& to, process_number in,
               const std::weak_ptr<caller>& done);
  void write(const shared_connection& of, int end, byte_view bytes);
  void start(const shared_connection& of, int end);
  void close(const shared_connection& of, int end);

  // Faults.
  [[nodiscard]] link& between(const std::string& from, const std::string& to) {
    return links_[{from, to}];
  }
  void cut(const std::string& from, const std::string& to) { ++between(from, to).cuts; }
  void mend(const std::string& from, const std::string& to);
  void hold(const std::string& from, const std::string& to) { ++between(from, to).holds; }
  void release(const std::string& from, const std::string& to);
  /// Links are as new.
  void heal();
  /// So many of all packets are lost, from 0 to below 1, and sent again later.
  void lose(double part) noexcept { lost_below_ = static_cast<std::uint64_t>(part * 0x1p64); }
  /// Those between the two, in whatever direction; all that one has with `to` empty.
  void reset(const std::string& from, const std::string& to);
  void leave_half_open(const std::string& from, const std::string& to);
  void reset_all();
  /// The process there is gone. Whom it was connected with hears of it over their links, after
  /// what was on its way, or in place of that.
  void end_process(const std::string& address);
  /// Nobody answers there, and nobody says that he does not.
  void unplug(const std::string& address);
  void plug_in(const std::string& address) { unplugged_.erase(address); }

  /// How many were ever made.
  [[nodiscard]] std::size_t connections() const noexcept { return made_; }

 private:
  struct listener {
    process_number in;
    taker called;
  };
  struct call {
    std::string from;
    std::string to;
    process_number in;
    std::weak_ptr<caller> done;
  };

  void arrive(const call& from);
  void open(const call& by, const listener& to);

  void move(const shared_connection& of, int end);
  void arrive(const shared_connection& of, int end, std::size_t count);
  void read(const shared_connection& of, int end);
  void acknowledge(const shared_connection& of, int end, std::size_t count);
  void watch(const shared_connection& of, int end);
  void tear(const shared_connection& of, int end);
  void arrive_torn(const shared_connection& of, int end);
  void tell_closed(const shared_connection& of, int end, const char* why);
  void reset(const shared_connection& of);
  // Until links change.
  void stall(std::function<void()> again) { stalled_.push_back(std::move(again)); }
  void go_on();
  [[nodiscard]] std::vector<shared_connection> open_between(const std::string& from,
                                                            const std::string& to);

  world& in_;
  std::map<std::string, listener> listeners_;
  std::map<std::pair<std::string, std::string>, link> links_;
  std::vector<std::weak_ptr<connection>> open_;
  std::vector<std::function<void()>> stalled_;
  std::set<std::string> unplugged_;
  std::uint64_t lost_below_ = 0;  // of what is drawn for each packet
  std::size_t made_ = 0;
};

}  // namespace casty::simulation
