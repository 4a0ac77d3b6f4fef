#include "casty/config/settings.hpp"

#include <algorithm>
#include <chrono>
#include <regex>

#include "config/resolving.hpp"

namespace casty {

namespace detail {

bool is_exact(std::string_view name) noexcept {
  return std::all_of(name.begin(), name.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
  });
}

std::shared_ptr<const void> make_pattern(const std::string& name) {
  return std::make_shared<const std::regex>(name, std::regex::ECMAScript | std::regex::optimize);
}

namespace {

bool matches(const named_actor_settings& entry, std::string_view name) {
  if (entry.pattern != nullptr) {
    return std::regex_match(name.begin(), name.end(),
                            *static_cast<const std::regex*>(entry.pattern.get()));
  }
  return std::regex_match(name.begin(), name.end(), std::regex(entry.name));
}

const named_actor_settings* entry_for(const configuration& from, std::string_view name) {
  for (const named_actor_settings& entry : from.actors) {
    if (entry.name == name && is_exact(entry.name)) {
      return &entry;
    }
  }
  for (const named_actor_settings& entry : from.actors) {
    if (!is_exact(entry.name) && matches(entry, name)) {
      return &entry;
    }
  }
  return nullptr;
}

template <class Value>
void take(std::optional<Value>& own, const std::optional<Value>& below) {
  if (!own) {
    own = below;
  }
}

duration seconds(double count) {
  return std::chrono::duration<double>(count);
}

}  // namespace

actor_settings inherit(actor_settings own, const actor_settings& below) {
  take(own.mailbox.capacity, below.mailbox.capacity);
  take(own.mailbox.strategy, below.mailbox.strategy);
  take(own.supervision.strategy, below.supervision.strategy);
  take(own.supervision.max_restarts, below.supervision.max_restarts);
  take(own.supervision.within_seconds, below.supervision.within_seconds);
  take(own.supervision.backoff_min_seconds, below.supervision.backoff_min_seconds);
  take(own.supervision.backoff_max_seconds, below.supervision.backoff_max_seconds);
  take(own.supervision.backoff_jitter, below.supervision.backoff_jitter);
  take(own.supervision.backoff_reset_seconds, below.supervision.backoff_reset_seconds);
  take(own.sharding.num_shards, below.sharding.num_shards);
  take(own.replication.replicas, below.replication.replicas);
  take(own.replication.min_acks, below.replication.min_acks);
  take(own.replication.ack_timeout, below.replication.ack_timeout);
  take(own.dispatcher, below.dispatcher);
  return own;
}

}  // namespace detail

actor_settings settings_for(const configuration& from, std::string_view name) {
  if (name.starts_with('_')) {
    return {};
  }
  const named_actor_settings* entry = name.empty() ? nullptr : detail::entry_for(from, name);
  return entry == nullptr ? from.defaults : detail::inherit(entry->settings, from.defaults);
}

std::optional<mailbox> mailbox_of(const actor_settings& from) noexcept {
  if (!from.mailbox.capacity) {
    return {};
  }
  return mailbox{.capacity = *from.mailbox.capacity,
                 .overflow = from.mailbox.strategy.value_or(overflow::drop_new)};
}

std::optional<one_for_one_strategy> strategy_of(const actor_settings& from) {
  using detail::seconds;
  const supervision_settings& said = from.supervision;
  if (said == supervision_settings{}) {
    return {};
  }
  one_for_one_strategy made;
  made.max_restarts = said.max_restarts.value_or(made.max_restarts);
  made.within = said.within_seconds ? seconds(*said.within_seconds) : made.within;
  const directive always = said.strategy.value_or(directive::restart);
  made.decider = [always](const std::exception_ptr&) { return always; };
  restart_backoff& wait = made.backoff;
  wait.min = said.backoff_min_seconds ? seconds(*said.backoff_min_seconds) : wait.min;
  wait.max = said.backoff_max_seconds ? seconds(*said.backoff_max_seconds) : wait.max;
  wait.jitter = said.backoff_jitter.value_or(wait.jitter);
  wait.reset_after =
      said.backoff_reset_seconds ? seconds(*said.backoff_reset_seconds) : wait.reset_after;
  return made;
}

}  // namespace casty
