// expect: handler_must_name_its_message_not_auto<Account>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account = behaviors::receive<Account>(deposit, withdraw, [](const GetBalance& m) {
  m.reply_to.tell(1);
  return behaviors::same;
});
#else
auto account = behaviors::receive<Account>(deposit, withdraw, [](const auto& m) {
  m.reply_to.tell(1);
  return behaviors::same;
});
#endif
