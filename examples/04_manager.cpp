// Children, watch, terminated.
#include <cstdio>
#include <map>
#include <string>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;

struct Task {
  std::string description;
};
struct Quit {};
struct Worker : casty::protocol<Task, Quit> {};
struct Hire {
  std::string name;
};
struct Assign {
  std::string worker;
  std::string task;
};
struct Dismiss {
  std::string worker;
};
struct Manager : casty::protocol<Hire, Assign, Dismiss, casty::terminated> {};

behavior<Worker> worker(std::string name) {
  return behaviors::receive<Worker>(
      [=](const Task& m) {
        std::printf("[%s] working on: %s\n", name.c_str(), m.description.c_str());
        return behaviors::same;
      },
      [](Quit) { return behaviors::stopped; });
}

using Workers = std::map<std::string, casty::actor_ref<Worker>>;

behavior<Manager> manager() {
  return behaviors::with_state<Manager>(  // several handlers, one state: closures would hold a copy
                                          // each
      Workers{},
      [](auto& ctx, Workers& workers, const Hire& m) {
        auto ref = ctx.spawn(worker(m.name), m.name);
        ctx.watch(ref);  // compiles because Manager accepts casty::terminated
        workers.emplace(m.name, ref);
        return behaviors::same;
      },
      [](const Workers& workers, const Assign& m) {
        if (auto found = workers.find(m.worker); found != workers.end())
          found->second.tell<Task>(m.task);
        return behaviors::same;
      },
      [](const Workers& workers, const Dismiss& m) {
        workers.at(m.worker).tell(Quit{});
        return behaviors::same;
      },
      [](auto& ctx, Workers& workers, casty::terminated const& m) {
        ctx.log().info("worker stopped", {{"path", m.ref.path()}});
        std::erase_if(workers, [&](auto const& entry) { return m.ref == entry.second; });
        return behaviors::same;
      });
}

void run(casty::actor_system& system) {
  auto boss = system.spawn(manager(), "manager");
  boss.tell<Hire>("alice");
  boss.tell<Hire>("bob");
  boss.tell<Assign>("alice", "implement login");
  boss.tell<Assign>("bob", "write tests");
  boss.tell<Dismiss>("bob");
  system.drain();
}

int main() {
  casty::actor_system system("office");
  run(system);
}
// In any order:
// [alice] working on: implement login
// [bob] working on: write tests
