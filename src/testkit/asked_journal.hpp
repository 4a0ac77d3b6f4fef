/// @file
/// A journal, asked by an ordinary thread.
///
/// Layer: testkit, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "casty/persistence/journal.hpp"
#include "casty/runtime/ask.hpp"
#include "casty/runtime/system.hpp"

namespace casty::testkit {

class asked_journal {
 public:
  explicit asked_journal(journal of)
      : system_({.name = "conformance", .workers = 1}), journal_(std::move(of)) {}

  [[nodiscard]] journal_verdict persist(std::string_view entity, std::uint64_t after,
                                        std::vector<stored_value> events) {
    return ask<journal_verdict>([&](auto done) {
      journal_->persist(entity, after, std::move(events), std::move(done));
    });
  }
  [[nodiscard]] event_page load(std::string_view entity, std::uint64_t after,
                                std::size_t most = 1000) {
    return ask<event_page>(
        [&](auto done) { journal_->load(entity, after, most, std::move(done)); });
  }
  [[nodiscard]] snapshot_answer snapshot(std::string_view entity) {
    return ask<snapshot_answer>(
        [&](auto done) { journal_->load_snapshot(entity, std::move(done)); });
  }
  [[nodiscard]] journal_verdict save(std::string_view entity, stored_snapshot snapshot,
                                     std::uint32_t keep) {
    return ask<journal_verdict>([&](auto done) {
      journal_->save_snapshot(entity, std::move(snapshot), keep, std::move(done));
    });
  }
  [[nodiscard]] journal_verdict delete_to(std::string_view entity, std::uint64_t sequence) {
    return ask<journal_verdict>(
        [&](auto done) { journal_->delete_to(entity, sequence, std::move(done)); });
  }
  [[nodiscard]] entity_page entities(std::string_view after, std::size_t most) {
    return ask<entity_page>(
        [&](auto done) { journal_->entities(after, most, std::move(done)); });
  }

  [[nodiscard]] placed_page read(std::uint64_t after, std::size_t most) {
    return ask<placed_page>([&](auto done) { journal_->read(after, most, std::move(done)); });
  }

  template <class Answer, class Begin>
  [[nodiscard]] future<Answer> begin(Begin begin) {
    casty::detail::ask_block* block =
        casty::detail::open_ask_for<Answer>(casty::detail::engine_of(system_));
    auto made = casty::detail::ask_access::make<future<Answer>>(block);
    begin(casty::detail::reply_access::make<Answer>(block));
    return std::move(made).within(duration::seconds(60));
  }
  [[nodiscard]] journal& inner() noexcept { return journal_; }

 private:
  template <class Answer, class Begin>
  [[nodiscard]] Answer ask(Begin with) {
    return begin<Answer>(std::move(with)).get();
  }

  actor_system system_;
  journal journal_;
};

}  // namespace casty::testkit
