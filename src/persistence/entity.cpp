#include "casty/persistence/entity.hpp"

namespace casty::detail {

void recover_first(cell* self, std::uint16_t tag) {
  envelope* sealed = seal_with<recovery>(self_of(self), tag,
                                         [](void* at) { ::new (at) recovery; });
  stash(self, sealed);
  unstash_all(self);
}

}  // namespace casty::detail
