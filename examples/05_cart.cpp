// A state machine: three states, each checked on its own.
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;

struct Item {
  std::string name;
  double price;
};
struct Receipt {
  std::vector<Item> items;
  double total;
};

struct AddItem {
  Item item;
};
struct Checkout {
  casty::reply_to<Receipt> reply_to;
};
struct GetTotal {
  casty::reply_to<double> reply_to;
};
struct Cart : casty::protocol<AddItem, Checkout, GetTotal> {};

using Items = std::map<std::string, Item>;
behavior<Cart> active_cart(Items items);
behavior<Cart> checked_out();

behavior<Cart> empty_cart() {
  return behaviors::receive<Cart>(
      [](const AddItem& m) {
        return active_cart({{m.item.name, m.item}});
      },
      [](const GetTotal& m) {
        m.reply_to.tell(0.0);
        return behaviors::same;
      },
      behaviors::ignore<Checkout>);  // said by name; the asker gets no_reply at once
}

double total(const Items& items) {
  double sum = 0;
  for (auto const& [name, item] : items)
    sum += item.price;
  return sum;
}

behavior<Cart> active_cart(Items items) {
  return behaviors::with_state<Cart>(
      std::move(items),
      [](Items& all, const AddItem& m) {
        all.insert_or_assign(m.item.name, m.item);
        return behaviors::same;
      },
      [](const Items& all, const Checkout& m) {
        Receipt receipt{{}, total(all)};
        for (auto const& [name, item] : all)
          receipt.items.push_back(item);
        m.reply_to.tell(std::move(receipt));
        return checked_out();
      },
      [](const Items& all, const GetTotal& m) {
        m.reply_to.tell(total(all));
        return behaviors::same;
      });
}

behavior<Cart> checked_out() {
  return behaviors::receive<Cart>(
      [](const GetTotal& m) {
        m.reply_to.tell(0.0);
        return behaviors::same;
      },
      behaviors::otherwise([] { return behaviors::unhandled; }));  // the rest, said by name
}

void run(casty::actor_system& system) {
  auto cart = system.spawn(empty_cart(), "cart");
  auto refused = system.ask<Checkout>(cart).wait();
  std::printf("Checkout of nothing: %s\n", std::string(to_string(refused.error())).c_str());
  cart.tell<AddItem>(Item{"keyboard", 75.0});
  cart.tell(AddItem{{"mouse", 25.0}});
  std::printf("Total: $%.2f\n", system.ask<GetTotal>(cart).get());
  auto receipt = system.ask<Checkout>(cart).get();
  std::printf("Receipt: %zu items, $%.2f\n", receipt.items.size(), receipt.total);
  cart.tell(AddItem{{"monitor", 300.0}});
}

int main() {
  casty::actor_system system("shop");
  run(system);
}
// Checkout of nothing: no_reply
// Total: $100.00
// Receipt: 2 items, $100.00
