// expect: broadcast_needs_copyable_messages_of<Post, Parcel, Deposit>
#include <memory>

#include "casty/actor.hpp"
#include "casty/runtime/routers.hpp"

#include "../support/bank.hpp"

struct Parcel {
  std::unique_ptr<int> content;
};
struct Letter {};
struct Post : casty::protocol<Parcel, Letter> {};

casty::behavior<Post> office(casty::behavior<Post> routee) {
#ifdef CASTY_CONTROL
  return behaviors::pool(5, routee, {.broadcast = casty::routing::broadcast<Letter>});
#else
  return behaviors::pool(5, routee,
                         {.broadcast = casty::routing::broadcast<Parcel, Letter, Deposit>});
#endif
}
