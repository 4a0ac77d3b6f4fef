#include "casty/core/behavior.hpp"

namespace casty::detail {

void behavior_base::clone_from(const behavior_base& other) {
  if (other.operations_ == nullptr) {
    slot_[0] = other.slot_[0];
    return;
  }
  if (other.operations_->clone == nullptr) {
    throw error(errc::not_copyable, "a value that the behavior captures cannot be copied");
  }
  other.operations_->clone(other.slot_, slot_);
  operations_ = other.operations_;
}

}  // namespace casty::detail
