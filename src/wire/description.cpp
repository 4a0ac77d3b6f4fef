#include "casty/wire/description.hpp"

namespace casty::wire {

namespace {

[[nodiscard]] bool ends_word(char letter) noexcept {
  return std::string_view("/{}<>,=*^").find(letter) != std::string_view::npos;
}

// A description, read from front to back.
struct walk {
  std::string_view left;

  [[nodiscard]] char front() const noexcept { return left.empty() ? '\0' : left.front(); }
  void step() noexcept { left.remove_prefix(1); }
  [[nodiscard]] std::string_view word() noexcept {
    std::size_t length = 0;
    while (length < left.size() && !ends_word(left[length])) {
      ++length;
    }
    const std::string_view taken = left.substr(0, length);
    left.remove_prefix(length);
    return taken;
  }
  // To the brace that closes the struct within which it stands.
  void skip_fields() noexcept {
    int depth = 0;
    while (!left.empty() && (depth != 0 || front() != '}')) {
      depth += front() == '{' ? 1 : front() == '}' ? -1 : 0;
      step();
    }
  }
};

}  // namespace

bool extends(std::string_view newer, std::string_view older) noexcept {
  walk now{newer};
  walk was{older};
  bool is_version = false;
  while (!was.left.empty()) {
    const std::string_view word_now = now.word();
    const std::string_view word_was = was.word();
    const bool are_names = now.front() == '/' && was.front() == '/' && !is_version;
    if (word_now != word_was && !are_names) {
      // An empty struct that has fields now.
      if (!word_was.empty() || was.front() != '}') {
        return false;
      }
      now.skip_fields();
    }
    if (was.front() == '}' && now.front() != '}') {
      now.skip_fields();
    }
    if (now.front() != was.front()) {
      return false;
    }
    is_version = was.front() == '/';
    if (!was.left.empty()) {
      was.step();
      now.step();
    }
  }
  return now.left.empty();
}

}  // namespace casty::wire
