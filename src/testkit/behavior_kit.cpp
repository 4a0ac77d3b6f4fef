#include "casty/testkit/behavior_kit.hpp"

#include <exception>

#include "casty/runtime/context.hpp"
#include "casty/testkit/unexpected.hpp"
#include "runtime/effect_sink.hpp"
#include "runtime/engine.hpp"

namespace casty::testkit::detail {

using casty::detail::target;

namespace {

// Knows its path also when the actor has ended.
any_ref known(const target& actor) { return any_ref(actor, casty::detail::path_of(actor)); }

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& thrown) {
    return thrown.what();
  } catch (...) {
    return "no std::exception";
  }
}

}  // namespace

// Notes what one actor does, as long as it stands in the engine's list.
class effect_recorder final : public casty::detail::effect_sink {
 public:
  effect_recorder(test_system& system, const any_ref& actor)
      : system_(system), path_(actor.path()) {
    of = target(actor);
    casty::detail::engine& engine = *system.inside();
    engine.log.pass_all();
    next = engine.effects;
    engine.effects = this;
  }
  ~effect_recorder() override {
    effect_sink** place = &system_.inside()->effects;
    while (*place != this) {
      place = &(*place)->next;
    }
    *place = next;
  }

  void on_spawn(const target& child, std::string_view name) noexcept override {
    note(effects::spawned{std::string(name), std::string(any_ref(child).path().view())});
  }
  void on_watch(const target& other) noexcept override { note(effects::watched{known(other)}); }
  void on_unwatch(const target& other) noexcept override {
    note(effects::unwatched{known(other)});
  }
  void on_stop_of(const target& other) noexcept override {
    note(effects::told_to_stop{known(other)});
  }
  void on_timer_set(std::string_view key, duration delay, bool repeated) noexcept override {
    note(effects::timer_set{std::string(key), delay, repeated});
  }
  void on_timer_cancelled(std::string_view key) noexcept override {
    note(effects::timer_cancelled{std::string(key)});
  }
  void on_receive_timeout_set(duration span) noexcept override {
    note(effects::receive_timeout_set{span});
  }
  void on_receive_timeout_cancelled() noexcept override {
    note(effects::receive_timeout_cancelled{});
  }
  void on_log(log_level level, std::string_view text, logger::fields all) noexcept override {
    note(effects::logged{level, std::string(text), casty::detail::text_of(all)});
  }
  void on_failure(const std::exception_ptr& failure) noexcept override {
    note(effects::failed{text_of(failure)});
  }
  void on_restart() noexcept override { note(effects::restarted{}); }
  void on_end() noexcept override { note(effects::stopped{}); }

  [[nodiscard]] const actor_path& path() const noexcept { return path_; }
  [[nodiscard]] bool is_alive() const noexcept {
    return casty::detail::load(of.actor->generation) == of.generation;
  }
  [[nodiscard]] bool rests() noexcept { return system_.come_to_rest(); }

  std::vector<effect> noted;

 private:
  void note(effect what) { noted.push_back(std::move(what)); }

  test_system& system_;
  actor_path path_;
};

kit_base::kit_base(std::uint64_t seed)
    : own_(std::make_unique<test_system>(
          seed, system_options{.name = "test", .log = log_level::off})),
      system_(*own_) {}

kit_base::kit_base(test_system& system) : system_(system) {}

kit_base::~kit_base() {
  if (recorder_ != nullptr) {  // else no actor was spawned
    casty::detail::request_stop(recorder_->of);
  }
}

void kit_base::begin(const any_ref& actor) {
  recorder_ = std::make_unique<effect_recorder>(system_, actor);
  come_to_rest();
}

bool kit_base::is_alive() const noexcept { return recorder_->is_alive(); }

const std::vector<effect>& kit_base::effects() const noexcept { return recorder_->noted; }

std::vector<effect> kit_base::take_effects() { return std::exchange(recorder_->noted, {}); }

void kit_base::drop_next() { recorder_->noted.erase(recorder_->noted.begin()); }

void kit_base::demand_alive(std::string_view message) const {
  if (!is_alive()) {
    system_.fail("expected " + std::string(recorder_->path().view()) + " to take a message " +
                 std::string(message) + ", but it has ended");
  }
}

void kit_base::come_to_rest() {
  if (!recorder_->rests()) {
    system_.fail("expected " + std::string(recorder_->path().view()) +
                 " and what it talks to to come to rest, but a million turns were not enough");
  }
}

void kit_base::refuse_next(const std::string& wanted) const {
  std::string came;
  for (const effect& each : effects()) {
    came += (came.empty() ? "" : ", then ") + to_string(each);
  }
  system_.fail("expected " + wanted + ", but " +
               (came.empty() ? "there is no further one" : "this comes: " + came));
}

void kit_base::expect_no_effects() const {
  if (!effects().empty()) {
    refuse_next("no further effect");
  }
}

}  // namespace casty::testkit::detail
