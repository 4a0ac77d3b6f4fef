#include "casty/config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <regex>
#include <type_traits>
#include <vector>

#include <toml++/toml.h>

#include "config/resolving.hpp"
#include "config/schema.hpp"

namespace casty {

config_error::config_error(std::string_view file, std::uint32_t line, std::uint32_t column,
                           std::string_view problem)
    : file_(file), line_(line), column_(column), text_(file) {
  if (line != 0) {
    text_ += ":" + std::to_string(line) + ":" + std::to_string(column);
  }
  text_.append(": ").append(problem);
}

namespace detail {

namespace {

struct problem {
  toml::source_position at;
  std::string text;
};

std::string in_quotes(std::string_view word) { return "'" + std::string(word) + "'"; }

template <class Words>
std::string listed(const Words& all) {
  std::string text;
  for (const auto& each : all) {
    text += (text.empty() ? "" : ", ") + std::string(each);
  }
  return text;
}

std::string text_of(double number) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.15g", number);
  return text;
}

// Levenshtein 1966: single letters added, dropped or changed.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t each = 0; each < row.size(); ++each) {
    row[each] = each;
  }
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t changed = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "a truth";
    default:
      return "a date or time";
  }
}

bool is_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || text.size() - colon > 6) {
    return false;
  }
  const std::string_view port = text.substr(colon + 1);
  const bool digits = !port.empty() && std::all_of(port.begin(), port.end(), [](char letter) {
    return letter >= '0' && letter <= '9';
  });
  return digits && std::stoul(std::string(port)) >= 1 && std::stoul(std::string(port)) <= 65535;
}

// Reads one table into the settings of a section.
class reader {
 public:
  reader(const toml::table& from, std::string path, std::vector<problem>& all)
      : from_(from), path_(std::move(path)), all_(all) {}

  template <class Value>
  void value(std::string_view key, Value& field, const limits& within) {
    known_.push_back(key);
    if (const toml::node* node = from_.get(key)) {
      read(key, *node, field, within);
    }
  }
  template <class Value>
  void value(std::string_view key, std::optional<Value>& field, const limits& within) {
    known_.push_back(key);
    if (const toml::node* node = from_.get(key)) {
      read(key, *node, field.emplace(), within);
    }
  }
  template <class Settings>
  void section(std::string_view key, Settings& settings) {
    known_.push_back(key);
    if (const toml::table* inner = table(key)) {
      reader within(*inner, path_.empty() ? std::string(key) : path_ + "." + std::string(key),
                    all_);
      visit_keys(within, settings);
      within.refuse_unknown();
    }
  }
  void knows(std::string_view key) { known_.push_back(key); }
  // The table under `key`, if there is one.
  const toml::table* table(std::string_view key) {
    const toml::node* node = from_.get(key);
    if (node != nullptr && !node->is_table()) {
      complain(*node, in_quotes(key) + place() + " is " + kind_of(*node) + "; it takes a table");
      return nullptr;
    }
    return node == nullptr ? nullptr : node->as_table();
  }
  void refuse_unknown() {
    for (const auto& [key, node] : from_) {
      if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) {
        continue;
      }
      std::string text = "unknown key " + in_quotes(key.str()) + place();
      const auto nearest = std::min_element(
          known_.begin(), known_.end(), [&](std::string_view left, std::string_view right) {
            return distance(key.str(), left) < distance(key.str(), right);
          });
      text += distance(key.str(), *nearest) <= std::max<std::size_t>(2, nearest->size() / 3)
                  ? "; the nearest is " + in_quotes(*nearest)
                  : "; it knows " + listed(known_);
      all_.push_back({key.source().begin, std::move(text)});
    }
  }
  void complain(const toml::node& at, std::string text) {
    all_.push_back({at.source().begin, std::move(text)});
  }

 private:
  [[nodiscard]] std::string place() const {
    return path_.empty() ? std::string() : " in [" + path_ + "]";
  }
  void takes(std::string_view key, const toml::node& node, const std::string& what) {
    complain(node, in_quotes(key) + place() + " is " + kind_of(node) + "; it takes " + what);
  }
  void is_outside(std::string_view key, const toml::node& node, const limits& within) {
    complain(node, in_quotes(key) + place() + " takes a number from " + text_of(within.least) +
                       " to " + text_of(within.most));
  }

  void read(std::string_view key, const toml::node& node, std::uint32_t& field,
            const limits& within) {
    const std::optional<std::int64_t> number = node.value_exact<std::int64_t>();
    if (!number) {
      takes(key, node, "a whole number");
    } else if (static_cast<double>(*number) < within.least ||
               static_cast<double>(*number) > within.most) {
      is_outside(key, node, within);
    } else {
      field = static_cast<std::uint32_t>(*number);
    }
  }
  void read(std::string_view key, const toml::node& node, double& field, const limits& within) {
    if (!node.is_number()) {
      takes(key, node, "a number");
      return;
    }
    const double number = *node.value<double>();
    if (!(number >= within.least && number <= within.most)) {
      is_outside(key, node, within);
    } else {
      field = number;
    }
  }
  void read(std::string_view key, const toml::node& node, bool& field, const limits&) {
    if (const std::optional<bool> truth = node.value_exact<bool>()) {
      field = *truth;
    } else {
      takes(key, node, "true or false");
    }
  }
  void read(std::string_view key, const toml::node& node, std::string& field, const limits&) {
    const std::optional<std::string> text = node.value_exact<std::string>();
    if (!text) {
      takes(key, node, "a text");
    } else if (text->empty()) {
      complain(node, in_quotes(key) + place() + " is empty");
    } else if (key == "advertise" && !is_address(*text)) {
      complain(node, in_quotes(*text) + " is no address; 'advertise' takes \"host:port\"");
    } else if (key == "name" && (text->size() > 127 || !is_system_name(*text))) {
      complain(node,
               in_quotes(key) + place() + " takes at most 127 letters, digits, '-', '_', '.'");
    } else {
      field = *text;
    }
  }
  static bool is_system_name(std::string_view text) {
    std::string plain(text);
    std::erase(plain, '.');
    return is_exact(plain);
  }
  void read(std::string_view key, const toml::node& node, std::vector<std::string>& field,
            const limits&) {
    const toml::array* array = node.as_array();
    if (array == nullptr) {
      takes(key, node, "an array of texts");
      return;
    }
    for (const toml::node& each : *array) {
      const std::optional<std::string> text = each.value_exact<std::string>();
      if (!text) {
        takes(key, each, "texts");
      } else if (key == "seed_nodes" && !is_address(*text)) {
        complain(each, in_quotes(*text) + " is no address; 'seed_nodes' takes \"host:port\"");
      } else if (text->empty()) {
        complain(each, in_quotes(key) + place() + " holds an empty text");
      } else {
        field.push_back(*text);
      }
    }
  }
  void read(std::string_view key, const toml::node& node,
            std::map<std::string, std::string>& field, const limits&) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      takes(key, node, "a table of texts");
      return;
    }
    for (const auto& [from, to] : *table) {
      const std::optional<std::string> text = to.value_exact<std::string>();
      if (!is_address(from.str())) {
        all_.push_back({from.source().begin, in_quotes(from.str()) + " is no address; " +
                                                 in_quotes(key) + " takes \"host:port\""});
      } else if (!text) {
        takes(key, to, "texts");
      } else if (!is_address(*text)) {
        complain(to, in_quotes(*text) + " is no address; " + in_quotes(key) +
                         " takes \"host:port\"");
      } else {
        field.insert_or_assign(std::string(from.str()), *text);
      }
    }
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void read(std::string_view key, const toml::node& node, Enum& field, const limits&) {
    const std::optional<std::string> text = node.value_exact<std::string>();
    const auto& all = words<Enum>::all;
    const auto found = text ? std::find(all.begin(), all.end(), *text) : all.end();
    if (!text) {
      takes(key, node, "one of " + listed(all));
    } else if (found == all.end()) {
      complain(node, in_quotes(*text) + " is no " + std::string(key) + place() +
                         "; it takes one of " + listed(all));
    } else {
      field = static_cast<Enum>(words<Enum>::first + (found - all.begin()));
    }
  }

  const toml::table& from_;
  std::string path_;
  std::vector<problem>& all_;
  std::vector<std::string_view> known_;
};

// What no key alone can say. `settings` with what they inherit.
void check_together(const toml::node& at, const actor_settings& settings,
                    std::vector<problem>& all) {
  const replication_settings& replication = settings.replication;
  if (replication.min_acks.value_or(0) > replication.replicas.value_or(0)) {
    all.push_back({at.source().begin, "'min_acks' is more than 'replicas'"});
  }
  const supervision_settings& supervision = settings.supervision;
  if (supervision.backoff_min_seconds.value_or(0) > supervision.backoff_max_seconds.value_or(30)) {
    all.push_back({at.source().begin, "'backoff_min_seconds' is more than 'backoff_max_seconds'"});
  }
}

void check_files(const toml::node& at, const tls_settings& tls, std::vector<problem>& all) {
  const int count = (tls.ca ? 1 : 0) + (tls.certificate ? 1 : 0) + (tls.key ? 1 : 0);
  if (count != 0 && count != 3) {
    all.push_back(
        {at.source().begin, "[cluster.tls] takes 'ca', 'certificate' and 'key' together"});
  }
}

// The pattern of a name, where it is one.
std::shared_ptr<const void> read_name(const toml::key& key, std::vector<problem>& all) {
  const std::string name(key.str());
  const toml::source_position at = key.source().begin;
  if (name.empty()) {
    all.push_back({at, "a name in [actors] is empty"});
  } else if (std::any_of(name.begin(), name.end(), [](unsigned char letter) {
               return letter < ' ' || letter == 127;
             })) {
    all.push_back({at, "a name in [actors] holds a control character"});
  } else if (name.front() == '_') {
    all.push_back(
        {at, in_quotes(name) + " would never apply: names that begin with '_' are casty's"});
  } else if (!is_exact(name)) {
    try {
      return make_pattern(name);
    } catch (const std::regex_error&) {
      all.push_back({at, in_quotes(name) + " is no regular expression"});
    }
  }
  return {};
}

void read_actors(const toml::table& from, configuration& into, std::vector<problem>& all) {
  // toml++ keeps tables in the order of their keys; the order of the file counts here.
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (const auto& [key, node] : from) {
    entries.emplace_back(&key, &node);
  }
  std::sort(entries.begin(), entries.end(), [](const auto& left, const auto& right) {
    return left.first->source().begin < right.first->source().begin;
  });
  for (const auto& [key, node] : entries) {
    named_actor_settings made{std::string(key->str()), {}, read_name(*key, all)};
    if (!node->is_table()) {
      all.push_back({node->source().begin, in_quotes(made.name) + " in [actors] is " +
                                               kind_of(*node) + "; it takes a table"});
      continue;
    }
    reader own(*node->as_table(), "actors." + made.name, all);
    visit_keys(own, made.settings);
    own.refuse_unknown();
    const actor_settings whole = inherit(made.settings, into.defaults);
    check_together(*node, whole, all);
    if (made.settings.mailbox.strategy && !whole.mailbox.capacity) {
      all.push_back({node->source().begin, "'strategy' of a mailbox without a 'capacity'"});
    }
    into.actors.push_back(std::move(made));
  }
}

std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                            &std::fclose);
  if (file == nullptr) {
    throw config_error(path, 0, 0, std::string("cannot be read: ") + std::strerror(errno));
  }
  std::string text(config_bytes_max + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    throw config_error(path, 0, 0, std::string("cannot be read: ") + std::strerror(errno));
  }
  if (text.size() > config_bytes_max) {
    std::error_code failed;
    const std::uintmax_t size = std::filesystem::file_size(path, failed);
    throw config_error(path, 0, 0,
                       "is " + (failed ? "over 1048576" : std::to_string(size)) +
                           " bytes large; at most 1048576 are read");
  }
  return text;
}

}  // namespace

}  // namespace detail

configuration parse_config(std::string_view text, std::string_view file) {
  using detail::problem;
  toml::table whole;
  try {
    whole = toml::parse(text);
  } catch (const toml::parse_error& wrong) {
    const toml::source_position at = wrong.source().begin;
    throw config_error(file, std::max(at.line, 1U), std::max(at.column, 1U), wrong.description());
  }
  std::vector<problem> all;
  configuration made;
  detail::reader top(whole, {}, all);
  detail::visit_keys(top, made);
  if (whole.get("defaults") != nullptr) {
    detail::check_together(*whole.get("defaults"), made.defaults, all);
  }
  if (const toml::node* tls = whole.at_path("cluster.tls").node()) {
    detail::check_files(*tls, made.cluster.tls, all);
  }
  top.knows("actors");
  if (const toml::table* actors = top.table("actors")) {
    detail::read_actors(*actors, made, all);
  }
  top.refuse_unknown();
  if (!all.empty()) {
    const problem& first =
        *std::min_element(all.begin(), all.end(), [](const problem& left, const problem& right) {
          return left.at < right.at;
        });
    throw config_error(file, first.at.line, first.at.column, first.text);
  }
  return made;
}

configuration load_config(std::string_view path) {
  return parse_config(detail::read_file(std::string(path)), path);
}

configuration load_config() {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::path folder = fs::current_path(failed);
  if (failed) {
    throw config_error("casty.toml", 0, 0, "no working directory: " + failed.message());
  }
  for (;; folder = folder.parent_path()) {
    const fs::path candidate = folder / "casty.toml";
    std::error_code ignored;
    if (fs::exists(candidate, ignored)) {
      return load_config(candidate.string());
    }
    if (folder == folder.root_path()) {
      return {};
    }
  }
}

}  // namespace casty
