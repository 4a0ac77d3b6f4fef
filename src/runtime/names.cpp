#include "runtime/names.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <new>

#include "casty/core/error.hpp"

namespace casty::detail {

// The characters follow, and a 0 after them; but for a numbered one.
struct path_text {
  std::atomic<std::uint32_t> claims;
  std::uint32_t length;

  static constexpr std::uint32_t is_numbered = UINT32_MAX;

  [[nodiscard]] char* characters() noexcept { return reinterpret_cast<char*>(this + 1); }
  [[nodiscard]] const char* characters() const noexcept {
    return reinterpret_cast<const char*>(this + 1);
  }
};

namespace {

// Most ends of actors are told to somebody who never looks at the path.
struct numbered_path : path_text {
  numbered_path(path_text* parent, std::uint64_t of) noexcept
      : path_text{{1}, is_numbered}, above(parent), number(of) {}

  path_text* above;
  std::uint64_t number;
  mutable std::atomic<path_text*> written{nullptr};
};

const path_text* written_of(const numbered_path& path) {
  path_text* seen = path.written.load(std::memory_order_acquire);
  if (seen == nullptr) {
    char name[24] = "$";
    const auto end = std::to_chars(name + 1, name + sizeof(name), path.number).ptr;
    path_text* made = make_path(view(path.above), std::string_view(name, end));
    if (path.written.compare_exchange_strong(seen, made, std::memory_order_acq_rel)) {
      return made;
    }
    release(made);  // another thread was first
  }
  return seen;
}

}  // namespace

void retain(path_text* text) noexcept {
  if (text != nullptr) {
    text->claims.fetch_add(1, std::memory_order_relaxed);
  }
}

void release(path_text* text) noexcept {
  if (text == nullptr || text->claims.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    return;
  }
  if (text->length == path_text::is_numbered) {
    auto* path = static_cast<numbered_path*>(text);
    release(path->above);
    release(path->written.load(std::memory_order_acquire));
    path->~numbered_path();
    free_block(path, sizeof(numbered_path));
  } else {
    text->~path_text();
    ::operator delete(text);
  }
}

std::string_view view(const path_text* text) noexcept {
  if (text->length == path_text::is_numbered) {
    text = written_of(static_cast<const numbered_path&>(*text));
  }
  return {text->characters(), text->length};
}

path_text* user_path() noexcept {
  static path_text* const path = make_path("", "user");
  retain(path);
  return path;
}

path_text* make_numbered_path(path_text* above, std::uint64_t number) {
  return ::new (allocate_block(sizeof(numbered_path))) numbered_path(above, number);
}

path_text* make_path(std::string_view parent, std::string_view name) {
  const std::size_t length = parent.size() + 1 + name.size();
  void* memory = ::operator new(sizeof(path_text) + length + 1);
  auto* made = ::new (memory) path_text{{1}, static_cast<std::uint32_t>(length)};
  char* to = std::copy(parent.begin(), parent.end(), made->characters());
  *to++ = '/';
  *std::copy(name.begin(), name.end(), to) = '\0';
  return made;
}

namespace {

bool is_of(char letter, std::string_view signs) noexcept {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || signs.find(letter) != std::string_view::npos;
}

}  // namespace

bool is_system_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 127 &&
         std::all_of(name.begin(), name.end(),
                     [](char letter) { return is_of(letter, "-_."); });
}

void check_name(std::string_view name) {
  const auto is_fine = [](char letter) { return is_of(letter, "-_.~:@+=,!*()'&;$"); };
  if (name.empty()) {
    return;
  }
  if (name.size() > 127) {
    throw error(errc::bad_name, "a name has at most 127 characters");
  }
  if (name.front() == '$' || !std::all_of(name.begin(), name.end(), is_fine)) {
    throw error(errc::bad_name, name);
  }
}

name_table::~name_table() {
  for (const auto& [number, text] : paths_) {
    release(text);
  }
}

path_text* name_table::take(std::uint64_t parent, std::string_view parent_path,
                            std::string_view name, std::uint64_t number) {
  const std::lock_guard lock(guard_);
  const auto [entry, is_new] = bearers_.try_emplace({parent, std::string(name)}, number);
  if (!is_new) {
    throw error(errc::name_taken, name);
  }
  try {
    path_text*& kept = paths_[number];
    kept = make_path(parent_path, name);
    retain(kept);
    return kept;
  } catch (...) {
    paths_.erase(number);
    bearers_.erase(entry);
    throw;
  }
}

void name_table::free(std::uint64_t parent, std::uint64_t number) noexcept {
  const std::lock_guard lock(guard_);
  const auto found = paths_.find(number);
  if (found == paths_.end()) {
    return;
  }
  const std::string_view path = view(found->second);
  const auto bearer = bearers_.find(
      std::pair<std::uint64_t, std::string>(parent, path.substr(path.rfind('/') + 1)));
  if (bearer != bearers_.end()) {
    bearers_.erase(bearer);
  }
  release(found->second);
  paths_.erase(found);
}

path_text* name_table::find(std::uint64_t number) noexcept {
  const std::lock_guard lock(guard_);
  const auto found = paths_.find(number);
  if (found == paths_.end()) {
    return nullptr;
  }
  retain(found->second);
  return found->second;
}

}  // namespace casty::detail
