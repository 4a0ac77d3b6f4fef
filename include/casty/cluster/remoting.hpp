/// @file
/// What the templates of a clustered system ask of its node.
///
/// Layer: cluster. May include persistence, runtime, config, wire, core, meta.
#pragma once

#include <memory>
#include <string_view>

#include "casty/cluster/carrier.hpp"

namespace casty::detail {

/// Somebody who looks for an actor of another node.
class finding {
 public:
  virtual ~finding() = default;
  virtual void found(const target& actor) = 0;
  virtual void fail(errc why) = 0;
};

/// @thread  Any.
class remoting : public wire::ref_carrier {
 public:
  virtual ~remoting() = default;
  /// Other nodes find it by its path.
  virtual void publish(const target& actor, const wire::protocol_card& as) = 0;
  virtual void find(std::string_view path, std::string_view address,
                    const wire::protocol_card& as, std::unique_ptr<finding> told) = 0;
};

}  // namespace casty::detail
