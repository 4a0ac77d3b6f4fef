#include "cluster/node.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include "casty/actor.hpp"
#include "casty/cluster/events.hpp"
#include "cluster/notes.hpp"
#include "net/host_and_port.hpp"
#include "runtime/engine.hpp"

namespace casty::cluster {

namespace {

// What is being written, and to whom: so it is known who owes the answers asked for in it.
struct writing {
  const std::string* node = nullptr;
  std::uint64_t fingerprint = 0;
  std::vector<std::uint64_t> askers = {};
};
thread_local writing now_writing;

behavior<WatcherMessages> watcher(std::function<void(const any_ref&)> ended) {
  return behaviors::receive<WatcherMessages>(
      [](actor_context<WatcherMessages>& ctx, const watch_export& asked) {
        ctx.watch(detail::ref_access::make<watch_export>(detail::target(asked.actor)));
        return behaviors::same;
      },
      [ended = std::move(ended)](const terminated& gone) {
        ended(gone.ref);
        return behaviors::same;
      });
}

behavior<watch_export> nobody() {
  return behaviors::receive<watch_export>(behaviors::ignore<watch_export>);
}

}  // namespace

class node::far final : public wire::far_actor {
 public:
  far(node& of, std::shared_ptr<outlet> way, std::uint64_t run, std::uint64_t number)
      : of_(of), way_(std::move(way)), ticket_(way_->ticket_for(run)), number_(number) {}

  bool address(wire::byte_buffer& to, const wire::message_card& as) override {
    if (const std::uint64_t epoch = way_->epoch();
        as.fingerprint != introduced_ || epoch != epoch_) {
      if (!way_->introduce(as)) {
        return false;
      }
      introduced_ = as.fingerprint;
      epoch_ = epoch;
    }
    now_writing = {&way_->address(), as.fingerprint, {}};
    put_note(to, note::tell);
    to.append_number(ticket_.run);
    to.append_varint(number_);
    to.append_number(as.fingerprint);
    return true;
  }
  std::vector<std::uint64_t> written() noexcept override {
    return std::exchange(now_writing, {}).askers;
  }
  void drop(const std::vector<std::uint64_t>& askers) noexcept override {
    for (const std::uint64_t each : askers) {
      (void)of_.take_asker(each);
    }
  }
  wire::sent send(byte_view message) override {
    const wire::sent is_sent = way_->put(message, ticket_);
    if (is_sent == wire::sent::yes) {
      of_.told_.fetch_add(1, std::memory_order_relaxed);
    }
    return is_sent;
  }
  void when_room(reply_to<bool> told) override { way_->when_room(std::move(told)); }

 private:
  node& of_;
  std::shared_ptr<outlet> way_;
  outlet::ticket ticket_;
  std::uint64_t number_;
  // The layout that was introduced last: most stand-ins send one type.
  std::uint64_t introduced_ = 0;
  std::uint64_t epoch_ = UINT64_MAX;
};

class node::route final : public wire::answer_route {
 public:
  route(std::shared_ptr<outlet> way, std::uint64_t run, std::uint64_t number)
      : way_(std::move(way)), run_(run), number_(number) {}

  void send(byte_view answer) override {
    wire::byte_buffer bytes;
    begin(bytes, note::answer);
    bytes.append(answer.data(), answer.size());
    way_->put_beyond(bytes.view());
  }
  void fail(errc why) override {
    wire::byte_buffer bytes;
    begin(bytes, note::no_answer);
    bytes.append_number(static_cast<std::uint8_t>(why));
    way_->put_beyond(bytes.view());
  }

 private:
  void begin(wire::byte_buffer& bytes, note kind) const {
    put_note(bytes, kind);
    bytes.append_number(run_);
    bytes.append_varint(number_);
  }

  std::shared_ptr<outlet> way_;
  std::uint64_t run_;
  std::uint64_t number_;
};

// To an asker of this node, who has come back.
class node::own_route final : public wire::answer_route {
 public:
  own_route(node& of, std::uint64_t number) : of_(of), number_(number) {}

  void send(byte_view answer) override {
    if (const auto asker = of_.take_asker(number_)) {
      asker->take(answer, of_);
    }
  }
  void fail(errc why) override {
    if (const auto asker = of_.take_asker(number_)) {
      asker->fail(why);
    }
  }

 private:
  node& of_;
  std::uint64_t number_;
};

node::node(actor_system& system, net::network& on, const node_settings& settings)
    : system_(system),
      on_(on),
      self_(settings.terms.self),
      unreachable_max_(settings.unreachable_max),
      watcher_(system.spawn(
          watcher([this](const any_ref& gone) { actor_ended(detail::target(gone)); }))),
      nobody_(detail::ref_access::get(system.spawn(nobody()))),
      endpoint_(on, settings.terms, *this, settings.endpoint) {
  detail::request_stop(nobody_);
  // So a worker that waits for a message handles it himself.
  if (event_source* const from = on_.source()) {
    detail::engine_of(system_)->on.scheduler->attend(from);
  }
}

node::~node() {
  if (on_.source() != nullptr) {
    detail::engine_of(system_)->on.scheduler->attend(nullptr);
  }
}

void node::publish(const detail::target& actor, const wire::protocol_card& as) {
  const std::lock_guard lock(guard_);
  published_.insert_or_assign(std::string(any_ref(actor).path().view()), published{actor, &as});
  watcher_.tell(watch_export{any_ref(actor)});
}

// Of this node itself without the network.
void node::find(std::string_view path, std::string_view address, const wire::protocol_card& as,
                std::unique_ptr<detail::finding> told) {
  if (address == self_.address) {
    std::optional<published> own;
    {
      const std::lock_guard lock(guard_);
      if (const auto found = published_.find(path); found != published_.end()) {
        own = found->second;
      }
    }
    if (own && own->as == &as) {
      told->found(own->actor);
    } else {
      told->fail(own ? errc::schema_mismatch : errc::dead_target);
    }
    return;
  }
  std::shared_ptr<outlet> way;
  try {
    way = way_to(std::string(address));
  } catch (const error& failed) {
    told->fail(failed.code());
    return;
  }
  wire::byte_buffer bytes;
  {
    const std::lock_guard lock(guard_);
    const std::uint64_t number = ++last_number_;
    sought_.emplace(number, sought{std::string(address), &as, std::move(told)});
    put_note(bytes, note::find);
    bytes.append_varint(number);
    put_text(bytes, path);
    put_text(bytes, as.name);
    bytes.append_varint(as.count);
    for (unsigned at = 0; at < as.count; ++at) {
      bytes.append_number(as.messages[at].fingerprint);
    }
  }
  way->put_beyond(bytes.view());
}

void node::write_ref(wire::byte_buffer& to, const detail::target& of,
                     const wire::protocol_card& as) {
  const std::lock_guard lock(guard_);
  const auto far_away = origins_.find({of.actor, of.generation});
  const actor_address address = far_away != origins_.end()
                                    ? far_away->second
                                    : actor_address{self_.address, self_.incarnation,
                                                    number_of(of, as)};
  put_text(to, address.node);
  to.append_number(address.run);
  to.append_varint(address.number);
}

detail::target node::read_ref(wire::byte_reader& from, const wire::protocol_card& as) {
  actor_address address;
  address.node = read_text(from);
  address.run = from.read_number<std::uint64_t>();
  address.number = from.read_varint();
  return here_of(address, as);
}

void node::write_asker(wire::byte_buffer& to, std::unique_ptr<wire::waiting_answer> asker) {
  const std::lock_guard lock(guard_);
  const std::uint64_t number = ++last_number_;
  now_writing.askers.push_back(number);
  const std::string* const owes = now_writing.node;
  askers_.emplace(number, awaited{owes == nullptr ? std::string() : *owes,
                                  now_writing.fingerprint, std::move(asker)});
  put_text(to, self_.address);
  to.append_number(self_.incarnation);
  to.append_varint(number);
}

std::shared_ptr<wire::answer_route> node::read_asker(wire::byte_reader& from) {
  const std::string address = read_text(from);
  const auto run = from.read_number<std::uint64_t>();
  const std::uint64_t number = from.read_varint();
  if (address == self_.address && run == self_.incarnation) {
    return std::make_shared<own_route>(*this, number);
  }
  return std::make_shared<route>(way_to(address), run, number);
}

bool node::is_idle() {
  const std::lock_guard lock(guard_);
  return endpoint_.is_idle() && std::ranges::all_of(ways_, [](const auto& each) {
    return each.second->is_empty();
  });
}

// Null for one that is gone.
std::unique_ptr<wire::waiting_answer> node::take_asker(std::uint64_t number) {
  const std::lock_guard lock(guard_);
  auto found = askers_.extract(number);
  return found ? std::move(found.mapped().asker) : nullptr;
}

std::uint64_t node::number_of(const detail::target& actor, const wire::protocol_card& as) {
  std::vector<std::uint64_t>& known = numbers_[{actor.actor, actor.generation}];
  for (const std::uint64_t each : known) {
    const exported& entry = exports_.at(each);
    if (entry.as == &as && entry.to.table == actor.table) {
      return each;
    }
  }
  if (known.empty()) {
    watcher_.tell(watch_export{any_ref(actor)});
  }
  const std::uint64_t number = ++last_number_;
  known.push_back(number);
  exports_.emplace(number, exported{actor, &as, {}});
  return number;
}

// The stand-in, made when there is none.
detail::target node::here_of(const actor_address& of, const wire::protocol_card& as) {
  if (of.node == self_.address) {
    return of.run == self_.incarnation ? own_of(of.number, as) : nobody_;
  }
  const std::lock_guard lock(guard_);
  if (const auto run = runs_.find(of.node); run != runs_.end() && of.run < run->second) {
    return nobody_;
  }
  std::vector<stand_in>& known = stand_ins_[of];
  for (const stand_in& each : known) {
    if (each.as == &as) {
      return each.here;
    }
  }
  const detail::target made =
      as.stand_in(*this, std::make_shared<far>(*this, way_to(of.node), of.run, of.number));
  origins_.emplace(cell_key{made.actor, made.generation}, of);
  if (known.empty()) {
    wire::byte_buffer bytes;
    put_note(bytes, note::holds);
    bytes.append_number(of.run);
    bytes.append_varint(of.number);
    put(of.node, bytes);
  }
  known.push_back({made, &as});
  return made;
}

// A ref that has come back, perhaps as one to a part of the protocol.
detail::target node::own_of(std::uint64_t number, const wire::protocol_card& as) {
  const std::lock_guard lock(guard_);
  const auto found = exports_.find(number);
  if (found == exports_.end()) {
    return nobody_;
  }
  detail::target own = found->second.to;
  const wire::protocol_card& whole = *found->second.as;
  if (&whole == &as) {
    return own;
  }
  std::vector<std::uint16_t> step;
  for (unsigned at = 0; at < as.count; ++at) {
    const unsigned there = position_in(whole, as.messages[at].fingerprint);
    if (there == whole.count) {
      throw error(errc::corrupt, "a ref to " + std::string(whole.name) + " came back as one to " +
                                     std::string(as.name));
    }
    step.push_back(static_cast<std::uint16_t>(there));
  }
  own.table = detail::intern_table(own.table, step.data(), as.count);
  return own;
}

// What is no address is told to whoever reads or gives it: the network's thread could tell nobody.
std::shared_ptr<outlet> node::way_to(const std::string& address) {
  const std::lock_guard lock(guard_);
  if (const auto known = ways_.find(address); known != ways_.end()) {
    return known->second;
  }
  (void)net::parts_of(address);
  return ways_.emplace(address, std::make_shared<outlet>(endpoint_, address)).first->second;
}

void node::tell_ended(const net::node_identity& holder, std::uint64_t number) {
  wire::byte_buffer bytes;
  put_note(bytes, note::ended);
  bytes.append_number(holder.incarnation);
  bytes.append_number(self_.incarnation);
  bytes.append_varint(number);
  put(holder.address, bytes);
}

void node::actor_ended(const detail::target& actor) {
  const std::lock_guard lock(guard_);
  std::erase_if(published_, [&](const auto& each) { return each.second.actor == actor; });
  const auto numbers = numbers_.find({actor.actor, actor.generation});
  if (numbers == numbers_.end()) {
    return;
  }
  for (const std::uint64_t each : numbers->second) {
    const auto entry = exports_.find(each);
    for (const std::string& holder : entry->second.holders) {
      tell_ended({holder, runs_[holder]}, each);
    }
    exports_.erase(entry);
  }
  numbers_.erase(numbers);
}

// What was with the runs of a node, but for `kept_run` where there is one, ends.
void node::end_runs(const std::string& address, std::uint64_t kept_run) {
  std::vector<detail::target> stopped;
  std::vector<awaited> unanswered;
  {
    const std::lock_guard lock(guard_);
    for (auto each = stand_ins_.lower_bound({address, 0, 0});
         each != stand_ins_.end() && each->first.node == address;) {
      if (each->first.run == kept_run) {
        ++each;
        continue;
      }
      for (const stand_in& one : each->second) {
        origins_.erase({one.here.actor, one.here.generation});
        stopped.push_back(one.here);
      }
      each = stand_ins_.erase(each);
    }
    unanswered = take_if(askers_, [&](const awaited& each) { return each.node == address; });
    for (auto& [number, entry] : exports_) {
      entry.holders.erase(address);
    }
  }
  for (const detail::target& each : stopped) {
    detail::request_stop(each);
  }
  for (const awaited& each : unanswered) {
    each.asker->fail(errc::unavailable);
  }
}

void node::room(const std::string& address, net::lane /*on*/) { way_to(address)->drain(); }

// Another run is there, or none.
void node::lost(const std::string& address, net::lane /*on*/, const net::lost_messages& what) {
  end_runs(address, what.run);
  std::vector<sought> unfound;
  {
    const std::lock_guard lock(guard_);
    unfound = take_if(sought_, [&](const sought& each) { return each.node == address; });
  }
  node_lost event{address, way_to(address)->forget(what.run), 0};
  what.all.for_each([&, at = std::size_t{0}](byte_view message) mutable {
    if (is_tell(message)) {
      ++(at < what.unknown ? event.unknown : event.unsent);
    }
    ++at;
  });
  for (const sought& each : unfound) {
    each.told->fail(errc::unavailable);
  }
  system_.event_stream().publish(event);
}

void node::refused(const std::string& address, const net::refusal& why) {
  system_.log().warning("a node was refused", {{"address", address}, {"reason", why.detail}});
}

void node::connected(const std::string& address, net::lane /*on*/) {
  if (unreachable_.erase(address) != 0) {
    system_.log().info("a node is reached again", {{"address", address}});
  }
}

void node::disconnected(const std::string& address, net::lane /*on*/, std::string_view why) {
  if (unreachable_.contains(address)) {
    return;
  }
  system_.log().info("a node cannot be reached", {{"address", address}, {"reason", why}});
  unreachable_.emplace(address, on_.after(unreachable_max_, [this, address] {
    endpoint_.forget(address);
    unreachable_.erase(address);
  }));
}

}  // namespace casty::cluster
