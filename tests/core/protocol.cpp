#include "casty/core/protocol.hpp"

#include <memory>
#include <type_traits>

#include <doctest/doctest.h>

namespace {

struct Deposit {};
struct Withdraw {};
struct Audit {};
struct Account : casty::protocol<Deposit, Withdraw> {};
using Alias = casty::protocol<Withdraw, Deposit>;
struct Immovable {
  Immovable() = default;
  Immovable(Immovable&&) = delete;
  Immovable& operator=(Immovable&&) = delete;
};

static_assert(casty::message<int> && casty::message<Deposit>);
static_assert(casty::message<std::unique_ptr<int>>);
static_assert(!casty::message<int&> && !casty::message<const int> && !casty::message<int*>);
static_assert(!casty::message<int[3]> && !casty::message<void> && !casty::message<Immovable>);

static_assert(std::is_same_v<casty::messages_of<Account>,
                             casty::meta::type_list<Deposit, Withdraw>>);
static_assert(std::is_same_v<casty::messages_of<Alias>,
                             casty::meta::type_list<Withdraw, Deposit>>);
static_assert(std::is_same_v<casty::messages_of<int>, casty::meta::type_list<int>>);
static_assert(std::is_same_v<casty::messages_of<Deposit>, casty::meta::type_list<Deposit>>);

static_assert(casty::accepts<Account, Deposit> && !casty::accepts<Account, Audit>);
static_assert(casty::accepts<int, int> && !casty::accepts<int, long>);
static_assert(casty::part_of<Deposit, Account> && casty::part_of<Alias, Account>);
static_assert(!casty::part_of<Account, Deposit>);

TEST_CASE("core/protocol: is proven by the compiler") {
  CHECK(casty::messages_of<Account>::size == 2);
}

}  // namespace
