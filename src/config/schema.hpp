/// @file
/// The keys of each section, told to a visitor: one list for reading, writing and tests.
///
/// Layer: config, private.
///
/// A visitor has `value(key, field, limits)` and `section(key, settings)`.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "casty/config/settings.hpp"

namespace casty::detail {

// What a number may be.
struct limits {
  double least = 0;
  double most = 1e9;
};

inline constexpr limits any_count{0, 4294967294.0};
inline constexpr limits span{0, 1e9};
inline constexpr limits some_span{1e-6, 1e9};

// The words for an enumeration, in the order of its values from `First`.
template <class Enum>
struct words;
template <>
struct words<log_level> {
  static constexpr unsigned first = 0;
  static constexpr std::array<std::string_view, 6> all{"trace",   "debug", "info",
                                                       "warning", "error", "off"};
};
template <>
struct words<overflow> {
  static constexpr unsigned first = 0;
  static constexpr std::array<std::string_view, 3> all{"drop_new", "drop_oldest",
                                                       "backpressure"};
};
template <>
struct words<directive> {
  static constexpr unsigned first = 0;
  static constexpr std::array<std::string_view, 4> all{"restart", "stop", "escalate", "resume"};
};
template <>
struct words<dispatcher> {
  static constexpr unsigned first = 1;
  static constexpr std::array<std::string_view, 2> all{"shared", "blocking"};
};

template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.shutdown_deadline_seconds; }
{
  v.value("name", of.name, limits{});
  v.value("workers", of.workers, limits{0, 1024});
  v.value("shutdown_deadline_seconds", of.shutdown_deadline_seconds, span);
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.level; }
{
  v.value("level", of.level, limits{});
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.capacity; }
{
  v.value("capacity", of.capacity, any_count);
  v.value("strategy", of.strategy, limits{});
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.max_restarts; }
{
  v.value("strategy", of.strategy, limits{});
  v.value("max_restarts", of.max_restarts, any_count);
  v.value("within_seconds", of.within_seconds, some_span);
  v.value("backoff_min_seconds", of.backoff_min_seconds, span);
  v.value("backoff_max_seconds", of.backoff_max_seconds, span);
  v.value("backoff_jitter", of.backoff_jitter, limits{0, 1});
  v.value("backoff_reset_seconds", of.backoff_reset_seconds, span);
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.num_shards; }
{
  v.value("num_shards", of.num_shards, limits{1, 1'000'000});
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.ack_timeout; }
{
  v.value("replicas", of.replicas, limits{0, 100});
  v.value("min_acks", of.min_acks, limits{0, 100});
  v.value("ack_timeout", of.ack_timeout, some_span);
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.supervision; }
{
  v.value("dispatcher", of.dispatcher, limits{});
  v.section("mailbox", of.mailbox);
  v.section("supervision", of.supervision);
  v.section("sharding", of.sharding);
  v.section("replication", of.replication);
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.fanout; }
{
  v.value("interval", of.interval, some_span);
  v.value("fanout", of.fanout, limits{1, 1000});
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.availability_check_interval; }
{
  v.value("interval", of.interval, some_span);
  v.value("availability_check_interval", of.availability_check_interval, some_span);
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.threshold; }
{
  v.value("threshold", of.threshold, limits{0.1, 1000});
  v.value("max_sample_size", of.max_sample_size, limits{1, 1'000'000});
  v.value("min_std_deviation_ms", of.min_std_deviation_ms, limits{0.001, 1e9});
  v.value("acceptable_heartbeat_pause_ms", of.acceptable_heartbeat_pause_ms, limits{0, 1e9});
  v.value("first_heartbeat_estimate_ms", of.first_heartbeat_estimate_ms, limits{0.001, 1e9});
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.certificate; }
{
  v.value("ca", of.ca, limits{});
  v.value("certificate", of.certificate, limits{});
  v.value("key", of.key, limits{});
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.seed_nodes; }
{
  v.value("host", of.host, limits{});
  v.value("port", of.port, limits{0, 65535});
  v.value("advertise", of.advertise, limits{});
  v.value("secret", of.secret, limits{});
  v.value("insecure", of.insecure, limits{});
  v.value("unreachable_seconds", of.unreachable_seconds, some_span);
  v.value("address_map", of.address_map, limits{});
  v.value("seed_nodes", of.seed_nodes, limits{});
  v.value("roles", of.roles, limits{});
  v.value("required_quorum", of.required_quorum, limits{0, 10'000});
  v.section("tls", of.tls);
  v.section("gossip", of.gossip);
  v.section("heartbeat", of.heartbeat);
  v.section("failure_detector", of.failure_detector);
}
template <class Visitor>
void visit_keys(Visitor& v, auto& of)
  requires requires { of.cluster; }
{
  v.section("system", of.system);
  v.section("log", of.log);
  v.section("defaults", of.defaults);
  v.section("cluster", of.cluster);
}

}  // namespace casty::detail
