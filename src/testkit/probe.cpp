#include "casty/testkit/probe.hpp"

#include <algorithm>

namespace casty::testkit::detail {

namespace {

// "Deposit, then Withdraw", as far as a line is readable.
std::string listed(const std::deque<std::unique_ptr<arrival>>& all) {
  constexpr std::size_t shown = 8;
  std::string text;
  for (std::size_t each = 0; each < std::min(all.size(), shown); ++each) {
    text += (each == 0 ? "" : ", then ") + all[each]->text();
  }
  if (all.size() > shown) {
    text += ", and " + std::to_string(all.size() - shown) + " more";
  }
  return text;
}

}  // namespace

probe_base::probe_base(test_system& system)
    : system_(system), arrived_(std::make_shared<arrivals>()) {}

duration probe_base::deadline(duration span) const noexcept {
  return std::min(system_.now() + span, limit_);
}

std::unique_ptr<arrival> probe_base::any(duration until) {
  auto& waiting = arrived_->waiting;
  if (!system_.run_until([&] { return !waiting.empty(); }, until - system_.now())) {
    return nullptr;
  }
  auto first = std::move(waiting.front());
  waiting.pop_front();
  return first;
}

std::unique_ptr<arrival> probe_base::next(const void* type, const std::string& wanted,
                                          duration span) {
  auto came = any(deadline(span));
  if (came == nullptr) {
    missed(wanted, span, {});
  }
  if (came->type != type) {
    arrived_->waiting.push_front(std::move(came));
    system_.fail("expected " + wanted + ", but this came: " + listed(arrived_->waiting));
  }
  return came;
}

void probe_base::missed(const std::string& wanted, duration span, const std::string& skipped) {
  system_.fail("expected " + wanted + " within " + text_of(span) + ", but " +
               (skipped.empty() ? "nothing came" : "only this came: " + skipped));
}

void probe_base::expect_none(duration span) {
  if (const auto came = any(deadline(span))) {
    system_.fail("expected no message for " + text_of(span) + ", but this came: " + came->text());
  }
}

void probe_base::expect_terminated(const any_ref& actor, duration within) {
  const actor_path path = actor.path();
  const auto ended = std::make_shared<bool>(false);
  const auto watcher =
      system_.spawn(behaviors::setup<terminated>([=](actor_context<terminated>& ctx) {
        ctx.watch(casty::detail::ref_access::make<terminated>(casty::detail::target(actor)));
        return behaviors::receive<terminated>([=](const terminated&) {
          *ended = true;
          return behaviors::stopped;
        });
      }));
  if (!system_.run_until([&] { return *ended; }, deadline(within) - system_.now())) {
    system_.stop(watcher);
    system_.fail("expected the end of " + std::string(path.view()) + " within " +
                 text_of(within) + ", but it lives");
  }
}

probe_base::span_limit::span_limit(probe_base& of, duration span) noexcept
    : of_(of), span_(span), start_(of.system_.now()), before_(of.limit_) {
  of_.limit_ = std::min(before_, start_ + span);
}

void probe_base::span_limit::check() const {
  const duration passed = of_.system_.now() - start_;
  if (passed > span_) {
    of_.system_.fail("expected to be done within " + text_of(span_) + ", but it took " +
                     text_of(passed));
  }
}

}  // namespace casty::testkit::detail
