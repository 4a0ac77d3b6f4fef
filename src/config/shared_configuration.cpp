#include "casty/config/shared_configuration.hpp"

#include <atomic>
#include <cstdint>

#include "casty/config/settings.hpp"

namespace casty {

namespace {

struct counted : configuration {
  explicit counted(const configuration& from) : configuration(from) {}
  mutable std::atomic<std::uint32_t> claims{1};
};

const counted& count_of(const configuration* held) noexcept {
  return *static_cast<const counted*>(held);
}

}  // namespace

shared_configuration::shared_configuration(const configuration& from) : held_(new counted(from)) {}

void shared_configuration::retain(const configuration* held) noexcept {
  count_of(held).claims.fetch_add(1, std::memory_order_relaxed);
}

void shared_configuration::release(const configuration* held) noexcept {
  if (count_of(held).claims.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete &count_of(held);
  }
}

}  // namespace casty
