// Tables that translate a position in the protocol of a narrowed ref into the position in
// the protocol that its actor was spawned with. Interned, so that a ref carries a number.
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <vector>

#include "casty/core/ref.hpp"

namespace casty::detail {

namespace {

// Read without a lock: a table is written before its number is given out, and stays.
constexpr std::uint32_t tables_max = 1U << 16;

struct registry {
  std::mutex guard;
  std::map<std::vector<std::uint16_t>, std::uint32_t> numbers;
  std::uint32_t used = 1;  // 0 stands for "nothing to translate"
};

registry& tables() {
  static auto* const all = new registry;  // refs may be used by static destructors
  return *all;
}

std::array<std::atomic<const std::uint16_t*>, tables_max> by_number;

}  // namespace

std::uint16_t translate(std::uint32_t table, unsigned position) noexcept {
  const std::uint32_t number = table & ~may_refuse;
  return number == 0 ? static_cast<std::uint16_t>(position)
                     : by_number[number].load(std::memory_order_acquire)[position];
}

std::uint32_t intern_table(std::uint32_t after, const std::uint16_t* step, unsigned size) {
  std::vector<std::uint16_t> whole(step, step + size);
  if (after != 0) {
    for (std::uint16_t& position : whole) {
      position = translate(after, position);
    }
  }
  registry& all = tables();
  const std::lock_guard lock(all.guard);
  const auto [entry, is_new] = all.numbers.try_emplace(std::move(whole), all.used);
  if (is_new) {
    if (all.used == tables_max) {
      all.numbers.erase(entry);
      throw error(errc::bad_argument, "more than 65535 ways to narrow a ref in one program");
    }
    by_number[all.used].store(entry->first.data(), std::memory_order_release);
    ++all.used;
  }
  return entry->second | (after & may_refuse);
}

}  // namespace casty::detail
