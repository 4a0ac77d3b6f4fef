#include "casty/core/layer.hpp"

#include <utility>

namespace casty::detail {

namespace {

supervised& in(const void* slot) noexcept {
  return kept<supervised>::in(const_cast<void*>(slot));
}

void enter(cell*, void* slot, behavior_base& inner) { inner = in(slot).inner; }

const supervision* strategy(const void* slot) noexcept { return &in(slot).strategy; }

const behavior_base* within(const void* slot) noexcept { return &in(slot).inner; }

constexpr layer_operations supervises{&enter, &strategy, nullptr, &within, true};

}  // namespace

constexpr behavior_operations supervised::operations =
    kept<supervised>::operations(&supervises);

bool is_copyable(const behavior_base& of) noexcept {
  if (of.operations() == nullptr) {
    return true;
  }
  const layer_operations* layer = of.operations()->layer;
  return layer != nullptr && layer->inner != nullptr ? is_copyable(*layer->inner(of.slot()))
                                                     : of.operations()->clone != nullptr;
}

supervised supervise(behavior_base&& inner, supervision&& strategy) {
  if (!is_copyable(inner)) {
    throw error(errc::not_copyable,
                "supervise: a restart needs a copy; make what cannot be copied in a setup");
  }
  return {std::move(inner), std::move(strategy)};
}

}  // namespace casty::detail
