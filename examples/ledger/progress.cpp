#include "ledger/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>

#include <unistd.h>

namespace ledger {

namespace {

constexpr std::size_t bar_columns = 24;

std::string clock_text(double seconds) {
  const long long whole = std::llround(std::max(seconds, 0.0));
  char text[32];
  std::snprintf(text, sizeof text, "%lld:%02lld", whole / 60, whole % 60);
  return text;
}

std::string bar_text(double share) {
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(bar_columns));
  return "[" + std::string(filled, '#') + std::string(bar_columns - filled, '.') + "] ";
}

// Whether the printing itself fails is nobody's concern: the job goes on.
void print_error_text(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string progress_text(const progress_state& state, bool bar) {
  std::string text;
  double share = 0;
  if (state.total) {
    share =
        *state.total == 0
            ? 1
            : std::min(static_cast<double>(state.done) / static_cast<double>(*state.total), 1.0);
    text += bar ? bar_text(share) : "";
    text += std::to_string(static_cast<int>(share * 100)) + " %, ";
  }
  text += std::to_string(state.lines) + " lines";
  if (state.seconds > 0) {
    const double rate = static_cast<double>(state.lines) / state.seconds;
    text += ", " + std::to_string(static_cast<unsigned long long>(rate)) + " a second";
  }
  if (share > 0 && share < 1) {
    text += ", " + clock_text(state.seconds * (1 - share) / share) + " left";
  }
  return text;
}

progress::progress(std::string_view verb, std::optional<std::uint64_t> total)
    : verb_(verb),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()),
      next_seconds_(terminal_ ? 0.1 : 1.0) {}

void progress::update(std::uint64_t lines, std::uint64_t done) {
  const double now = seconds();
  if (now >= next_seconds_) {
    next_seconds_ = now + (terminal_ ? 0.1 : 1.0);
    print({lines, done, total_, now}, false);
  }
}

void progress::finish(std::uint64_t lines, std::uint64_t done) {
  print({lines, done, total_, seconds()}, true);
}

double progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void progress::print(const progress_state& state, bool last) const {
  const std::string text = verb_ + ": " + progress_text(state, terminal_);
  if (terminal_) {
    print_error_text("\r\x1B[K" + text + (last ? "\n" : ""));
  } else {
    print_error_text("ledger: " + text + "\n");
  }
}

void say(std::string_view text) { print_error_text("ledger: " + std::string(text) + "\n"); }

}  // namespace ledger
