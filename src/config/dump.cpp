// The configuration as text that reads back to the same.
#include <cstdio>
#include <sstream>

#include <toml++/toml.h>

#include "casty/config/load.hpp"
#include "config/schema.hpp"

namespace casty {

namespace detail {

namespace {

// Fills a table with the keys of a section.
class writer {
 public:
  explicit writer(toml::table& into) : into_(into) {}

  void value(std::string_view key, const std::string& field, const limits&) {
    into_.insert_or_assign(key, field);
  }
  void value(std::string_view key, bool field, const limits&) {
    into_.insert_or_assign(key, field);
  }
  void value(std::string_view key, std::uint32_t field, const limits&) {
    into_.insert_or_assign(key, std::int64_t{field});
  }
  void value(std::string_view key, double field, const limits&) {
    into_.insert_or_assign(key, field);
  }
  void value(std::string_view key, const std::vector<std::string>& field, const limits&) {
    toml::array all;
    for (const std::string& each : field) {
      all.push_back(each);
    }
    into_.insert_or_assign(key, std::move(all));
  }
  void value(std::string_view key, const std::map<std::string, std::string>& field,
             const limits&) {
    toml::table all;
    for (const auto& [from, to] : field) {
      all.insert_or_assign(from, to);
    }
    if (!all.empty()) {
      into_.insert_or_assign(key, std::move(all));
    }
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void value(std::string_view key, Enum field, const limits&) {
    const auto place = static_cast<unsigned>(field) - words<Enum>::first;
    into_.insert_or_assign(key, std::string(words<Enum>::all[place]));
  }
  template <class Value>
  void value(std::string_view key, const std::optional<Value>& field, const limits& within) {
    if (field) {
      value(key, *field, within);
    }
  }
  template <class Settings>
  void section(std::string_view key, const Settings& settings) {
    toml::table inner;
    writer within(inner);
    visit_keys(within, settings);
    if (!inner.empty()) {
      into_.insert_or_assign(key, std::move(inner));
    }
  }

 private:
  toml::table& into_;
};

std::string text_of(const toml::table& all) {
  std::ostringstream text;
  text << toml::toml_formatter(all) << '\n';
  return text.str();
}

}  // namespace

}  // namespace detail

// Actors one by one, for toml++ would sort them by name, and their order counts.
std::string to_toml(const configuration& from) {
  toml::table whole;
  detail::writer top(whole);
  detail::visit_keys(top, from);
  std::string text = detail::text_of(whole);
  for (const named_actor_settings& each : from.actors) {
    toml::table own;
    detail::writer within(own);
    detail::visit_keys(within, each.settings);
    toml::table named;
    named.insert_or_assign(each.name, std::move(own));
    toml::table actors;
    actors.insert_or_assign("actors", std::move(named));
    text += "\n" + detail::text_of(actors);
  }
  return text;
}

}  // namespace casty
