// What other nodes have written.
#include <algorithm>
#include <exception>
#include <optional>

#include "casty/cluster/events.hpp"
#include "casty/wire/description.hpp"
#include "cluster/node.hpp"
#include "cluster/notes.hpp"

namespace casty::cluster {

namespace {

byte_view rest_of(byte_view bytes, const wire::byte_reader& in) {
  return bytes.subspan(in.position());
}

const wire::message_card* card_in(const wire::protocol_card& of, std::string_view name) {
  const auto* end = of.messages + of.count;
  const auto* found = std::find_if(
      of.messages, end, [&](const wire::message_card& each) { return each.name == name; });
  return found == end ? nullptr : found;
}

}  // namespace

// A peer that writes what cannot be read is not believed, but its connection is in order.
void node::message(const net::node_identity& from, net::lane /*on*/, byte_view bytes) {
  if (from.incarnation != heard_last_.incarnation || from.address != heard_last_.address) {
    meet(from);
    heard_last_ = from;
  }
  try {
    read_note(from, bytes);
  } catch (const std::exception& failed) {
    system_.log().warning("what a node has written cannot be read",
                          {{"address", from.address}, {"reason", failed.what()}});
  }
}

void node::meet(const net::node_identity& from) {
  std::uint64_t before = 0;
  {
    const std::lock_guard lock(guard_);
    before = std::exchange(runs_[from.address], from.incarnation);
  }
  if (before != 0 && before != from.incarnation) {
    end_runs(from.address, from.incarnation);
    std::erase_if(layouts_, [&](const auto& each) { return each.first.first == from.address; });
    std::erase_if(refused_, [&](const auto& each) { return each.first == from.address; });
  }
}

void node::read_note(const net::node_identity& from, byte_view bytes) {
  wire::byte_reader in(bytes);
  const auto kind = in.read_number<std::uint8_t>();
  switch (note{kind}) {
    case note::tell:
      return take_tell(from, bytes, in);
    case note::answer:
      return take_answer(in, bytes);
    case note::no_answer:
      return take_no_answer(in);
    case note::holds:
      return take_holds(from, in);
    case note::ended:
      return take_ended(from, in);
    case note::find:
      return take_find(from, in);
    case note::found:
      return take_found(from, in);
    case note::not_found:
      return take_not_found(in);
    case note::layout:
      return take_layout(from, in);
    case note::other_layout:
      return take_other_layout(from, in);
  }
  throw error(errc::corrupt, "a note of kind " + std::to_string(kind));
}

void node::take_tell(const net::node_identity& from, byte_view bytes, wire::byte_reader& in) {
  if (!is_for_us(in)) {
    return;
  }
  const std::uint64_t number = in.read_varint();
  const auto fingerprint = in.read_number<std::uint64_t>();
  detail::target to;
  const wire::protocol_card* as = nullptr;
  {
    const std::lock_guard lock(guard_);
    const auto found = exports_.find(number);
    if (found == exports_.end()) {
      return;  // it has ended, and its holders were told
    }
    to = found->second.to;
    as = found->second.as;
  }
  const unsigned at = position_in(*as, fingerprint);
  if (at == as->count) {
    return refuse(from, fingerprint, *as);
  }
  as->messages[at].deliver(to, at, rest_of(bytes, in), *this);
}

void node::refuse(const net::node_identity& from, std::uint64_t fingerprint,
                  const wire::protocol_card& as) {
  const auto theirs = layouts_.find({from.address, fingerprint});
  if (theirs == layouts_.end()) {
    throw error(errc::corrupt, "a message of a type that it has not told");
  }
  if (!refused_.insert({from.address, fingerprint}).second) {
    return;
  }
  const wire::message_card* ours = card_in(as, theirs->second.name);
  const std::string_view here = ours == nullptr ? std::string_view() : ours->description;
  wire::byte_buffer bytes;
  put_note(bytes, note::other_layout);
  bytes.append_number(from.incarnation);
  bytes.append_number(fingerprint);
  put_text(bytes, theirs->second.name);
  put_text(bytes, theirs->second.description);
  put_text(bytes, here);
  put(from.address, bytes);
  system_.event_stream().publish(schema_mismatch::of(
      from.address, theirs->second.name, std::string(here), theirs->second.description));
}

void node::take_layout(const net::node_identity& from, wire::byte_reader& in) {
  const auto fingerprint = in.read_number<std::uint64_t>();
  std::string name = read_text(in);
  std::string description = read_text(in);
  if (wire::fingerprint_of_text(description) != fingerprint) {
    throw error(errc::corrupt, "a layout of another fingerprint");
  }
  layouts_.insert_or_assign({from.address, fingerprint},
                            known_layout{std::move(name), std::move(description)});
}

void node::take_other_layout(const net::node_identity& from, wire::byte_reader& in) {
  if (!is_for_us(in)) {
    return;
  }
  const auto fingerprint = in.read_number<std::uint64_t>();
  const std::string name = read_text(in);
  const std::string ours = read_text(in);
  const std::string theirs = read_text(in);
  way_to(from.address)->is_refused(fingerprint);
  std::vector<awaited> unanswered;
  {
    const std::lock_guard lock(guard_);
    unanswered = take_if(askers_, [&](const awaited& each) {
      return each.node == from.address && each.fingerprint == fingerprint;
    });
  }
  for (const awaited& each : unanswered) {
    each.asker->fail(errc::schema_mismatch);
  }
  system_.event_stream().publish(schema_mismatch::of(from.address, name, ours, theirs));
}

void node::take_answer(wire::byte_reader& in, byte_view bytes) {
  if (!is_for_us(in)) {
    return;
  }
  const std::uint64_t number = in.read_varint();
  if (const auto asker = take_asker(number)) {
    asker->take(rest_of(bytes, in), *this);
  }
}

void node::take_no_answer(wire::byte_reader& in) {
  if (!is_for_us(in)) {
    return;
  }
  const std::uint64_t number = in.read_varint();
  const auto why = errc{in.read_number<std::uint8_t>()};
  if (const auto asker = take_asker(number)) {
    asker->fail(why == errc{} || why > errc::unavailable ? errc::no_reply : why);
  }
}

void node::take_holds(const net::node_identity& from, wire::byte_reader& in) {
  if (!is_for_us(in)) {
    return;
  }
  const std::uint64_t number = in.read_varint();
  const std::lock_guard lock(guard_);
  if (const auto found = exports_.find(number); found != exports_.end()) {
    found->second.holders.insert(from.address);
    return;
  }
  tell_ended(from, number);
}

void node::take_ended(const net::node_identity& from, wire::byte_reader& in) {
  if (!is_for_us(in)) {
    return;
  }
  actor_address gone{from.address, in.read_number<std::uint64_t>(), 0};
  gone.number = in.read_varint();
  std::vector<stand_in> stopped;
  {
    const std::lock_guard lock(guard_);
    if (auto found = stand_ins_.extract(gone)) {
      stopped = std::move(found.mapped());
    }
    for (const stand_in& each : stopped) {
      origins_.erase({each.here.actor, each.here.generation});
    }
  }
  for (const stand_in& each : stopped) {
    detail::request_stop(each.here);
  }
}

void node::take_find(const net::node_identity& from, wire::byte_reader& in) {
  const std::uint64_t asker = in.read_varint();
  const std::string path = read_text(in);
  const std::string protocol = read_text(in);
  const std::size_t count = in.read_count();
  if (count > in.left() / sizeof(std::uint64_t)) {
    in.throw_bad("more fingerprints than bytes are left");
  }
  std::vector<std::uint64_t> fingerprints(count);
  for (std::uint64_t& each : fingerprints) {
    each = in.read_number<std::uint64_t>();
  }
  wire::byte_buffer bytes;
  const auto answer = [&](note kind) {
    put_note(bytes, kind);
    bytes.append_number(from.incarnation);
    bytes.append_varint(asker);
  };
  const std::lock_guard lock(guard_);
  const auto found = published_.find(path);
  if (found == published_.end()) {
    answer(note::not_found);
    bytes.append_number(static_cast<std::uint8_t>(errc::dead_target));
    put(from.address, bytes);
    return;
  }
  const wire::protocol_card& as = *found->second.as;
  // Messages that are laid out otherwise are refused as they come, the others are served.
  const bool has_some = std::ranges::any_of(fingerprints, [&](std::uint64_t each) {
    return position_in(as, each) != as.count;
  });
  if (as.name == protocol && has_some) {
    answer(note::found);
    bytes.append_varint(number_of(found->second.actor, as));
  } else {
    answer(note::not_found);
    bytes.append_number(static_cast<std::uint8_t>(errc::schema_mismatch));
  }
  put(from.address, bytes);
}

// Nothing for one that is gone.
std::optional<node::sought> node::take_sought(std::uint64_t number) {
  const std::lock_guard lock(guard_);
  auto found = sought_.extract(number);
  return found ? std::optional(std::move(found.mapped())) : std::nullopt;
}

void node::take_found(const net::node_identity& from, wire::byte_reader& in) {
  if (!is_for_us(in)) {
    return;
  }
  const std::uint64_t asker = in.read_varint();
  const std::uint64_t number = in.read_varint();
  if (const auto told = take_sought(asker)) {
    told->told->found(here_of({from.address, from.incarnation, number}, *told->as));
  }
}

void node::take_not_found(wire::byte_reader& in) {
  if (!is_for_us(in)) {
    return;
  }
  const std::uint64_t asker = in.read_varint();
  const auto why = errc{in.read_number<std::uint8_t>()};
  if (const auto told = take_sought(asker)) {
    told->told->fail(why == errc::schema_mismatch ? why : errc::dead_target);
  }
}

}  // namespace casty::cluster
