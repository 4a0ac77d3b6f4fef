#include "casty/testkit/effects.hpp"

#include <string_view>

#include "casty/testkit/unexpected.hpp"

namespace casty::testkit {

namespace {

using detail::quoted;

std::string_view name_of(log_level level) noexcept {
  constexpr std::string_view names[] = {"trace", "debug", "info", "warning", "error", "off"};
  return names[static_cast<unsigned>(level)];
}

struct described {
  std::string operator()(const effects::spawned& of) const { return "spawned " + of.path; }
  std::string operator()(const effects::watched& of) const { return "watched " + path(of.ref); }
  std::string operator()(const effects::unwatched& of) const {
    return "unwatched " + path(of.ref);
  }
  std::string operator()(const effects::told_to_stop& of) const {
    return "told_to_stop " + path(of.ref);
  }
  std::string operator()(const effects::timer_set& of) const {
    return "timer_set " + quoted(of.key) + (of.repeated ? " every " : " ") +
           detail::text_of(of.delay);
  }
  std::string operator()(const effects::timer_cancelled& of) const {
    return "timer_cancelled " + quoted(of.key);
  }
  std::string operator()(const effects::receive_timeout_set& of) const {
    return "receive_timeout_set " + detail::text_of(of.span);
  }
  std::string operator()(const effects::receive_timeout_cancelled&) const {
    return "receive_timeout_cancelled";
  }
  std::string operator()(const effects::logged& of) const {
    return "logged " + std::string(name_of(of.level)) + ' ' + quoted(of.text) +
           (of.fields.empty() ? "" : ' ' + of.fields);
  }
  std::string operator()(const effects::failed& of) const { return "failed " + quoted(of.text); }
  std::string operator()(const effects::restarted&) const { return "restarted"; }
  std::string operator()(const effects::stopped&) const { return "stopped"; }

  static std::string path(const any_ref& of) { return std::string(of.path().view()); }
};

}  // namespace

std::string to_string(const effect& of) { return std::visit(described{}, of); }

}  // namespace casty::testkit
