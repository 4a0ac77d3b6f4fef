/// @file
/// Shows on stderr how far a long job is.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledger {

/// A moment of a job.
struct progress_state {
  std::uint64_t lines = 0;
  std::uint64_t done = 0;                   // in the unit of `total`
  std::optional<std::uint64_t> total = {};  // none when nobody knows
  double seconds = 0;                       // since the job began
};

/// One line for `state`: share, lines, rate and time left, as far as they are known.
/// @param bar  Draws the share as a bar, too.
[[nodiscard]] std::string progress_text(const progress_state& state, bool bar);

/// On a terminal a bar that is drawn anew in place, otherwise a line about once a second.
class progress {
 public:
  /// @param verb   What the job does, "settling".
  /// @param total  What `done` will be at the end.
  progress(std::string_view verb, std::optional<std::uint64_t> total);

  /// To be called often. Prints when it is time.
  void update(std::uint64_t lines, std::uint64_t done);
  /// The last print; a later one, of a warning, begins on a line of its own.
  void finish(std::uint64_t lines, std::uint64_t done);

  /// Since the start.
  [[nodiscard]] double seconds() const;

 private:
  void print(const progress_state& state, bool last) const;

  std::string verb_;
  std::optional<std::uint64_t> total_;
  bool terminal_;
  std::chrono::steady_clock::time_point start_;
  double next_seconds_;
};

/// Writes a whole line to stderr, as "ledger: text".
void say(std::string_view text);

}  // namespace ledger
