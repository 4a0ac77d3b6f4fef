#include "ledger/journal/statement.hpp"

#include <memory>
#include <utility>

#include "casty/persistence.hpp"

namespace ledger {

namespace {

namespace behaviors = casty::behaviors;
using events::role;

struct Statement {
  std::vector<statement_row> rows;

  [[nodiscard]] std::int64_t balance_cents() const {
    return rows.empty() ? 0 : rows.back().balance_cents;
  }
};

Statement add_settled(Statement all, const events::Settled& event) {
  const std::int64_t after = all.balance_cents() + gain_of(event.as, event.cents);
  all.rows.push_back({event.id, event.as, event.cents, event.other, true, after});
  return all;
}

Statement add_refused(Statement all, const events::Refused& event) {
  const std::int64_t after = all.balance_cents();
  all.rows.push_back({event.id, event.as, event.cents, event.other, false, after});
  return all;
}

std::string_view kind_text(role as) {
  switch (as) {
    case role::depositor:
      return "deposit";
    case role::withdrawer:
      return "withdraw";
    case role::sender:
    case role::receiver:
      return "transfer";
  }
  return {};
}

}  // namespace

casty::behavior<GetStatement> statement(std::string account, casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = account_entity(account),
      .journal = std::move(journal),
      .initial_state = Statement{},
      .on_event = casty::on_event<AccountEvents>(&add_settled, &add_refused),
      .on_command = casty::on_command<GetStatement>(
          [](const Statement& all, const GetStatement& asked) {
            asked.reply_to.tell(all.rows);
            return behaviors::same;
          }),
  });
}

std::string row_text(const statement_row& row) {
  return std::to_string(row.id)
      .append(",")
      .append(kind_text(row.as))
      .append(",")
      .append(std::to_string(row.amount_cents))
      .append(",")
      .append(row.other_account)
      .append(row.settled ? ",settled," : ",refused,")
      .append(std::to_string(row.balance_cents));
}

}  // namespace ledger
