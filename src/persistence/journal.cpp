#include "casty/persistence/journal.hpp"

#include <memory>
#include <mutex>
#include <tuple>
#include <unordered_map>

namespace casty {

namespace {

// A label with its characters. Never freed: there are as many as types have had layouts.
struct kept_label {
  explicit kept_label(const wire::type_label& of) : name(of.name), description(of.description) {
    label = {name, of.version, description};
  }
  kept_label(const kept_label&) = delete;
  kept_label& operator=(const kept_label&) = delete;

  std::string name;
  std::string description;
  wire::type_label label;
};

struct label_table {
  std::mutex guard;
  std::unordered_multimap<std::uint64_t, std::unique_ptr<kept_label>> all;
};

label_table& labels() {
  static auto* const all = new label_table;  // static destructors may use it
  return *all;
}

const wire::type_label* keep(const wire::type_label& label) {
  const std::uint64_t hash = wire::fingerprint_of_text(label.name) ^
                             wire::fingerprint_of_text(label.description) ^ label.version;
  label_table& table = labels();
  const std::lock_guard lock(table.guard);
  const auto [first, last] = table.all.equal_range(hash);
  for (auto each = first; each != last; ++each) {
    const wire::type_label& known = each->second->label;
    if (std::tie(known.name, known.version, known.description) ==
        std::tie(label.name, label.version, label.description)) {
      return &known;
    }
  }
  return &table.all.emplace(hash, std::make_unique<kept_label>(label))->second->label;
}

}  // namespace

stored_type::stored_type(const wire::type_label& label) : label_(keep(label)) {}

event_journal::~event_journal() = default;

void journal::check() const {
  if (kept_ == nullptr) {
    throw error(errc::bad_argument, "a journal of nothing");
  }
}

}  // namespace casty
