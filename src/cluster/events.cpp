#include "casty/cluster/events.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace casty {

namespace {

// What stands between the braces, cut at the commas that are in no others.
std::vector<std::string_view> fields_of(std::string_view layout) {
  std::vector<std::string_view> all;
  const std::size_t open = layout.find('{');
  if (open == std::string_view::npos || layout.back() != '}') {
    return all;
  }
  layout = layout.substr(open + 1, layout.size() - open - 2);
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= layout.size(); ++at) {
    if (at == layout.size() || (layout[at] == ',' && depth == 0)) {
      if (at > begin) {
        all.push_back(layout.substr(begin, at - begin));
      }
      begin = at + 1;
    } else if (layout[at] == '{' || layout[at] == '<') {
      ++depth;
    } else if (layout[at] == '}' || layout[at] == '>') {
      --depth;
    }
  }
  return all;
}

std::string first_difference(std::string_view here, std::string_view there) {
  if (here.empty() || there.empty()) {
    return here.empty() ? "not known here" : "not known there";
  }
  const auto ours = fields_of(here);
  const auto theirs = fields_of(there);
  for (std::size_t at = 0; at < std::max(ours.size(), theirs.size()); ++at) {
    const std::string_view left = at < ours.size() ? ours[at] : "nothing";
    const std::string_view right = at < theirs.size() ? theirs[at] : "nothing";
    if (left != right) {
      return "field " + std::to_string(at + 1) + ": " + std::string(left) + " here, " +
             std::string(right) + " there";
    }
  }
  return "version";
}

}  // namespace

schema_mismatch schema_mismatch::of(std::string address, std::string type, std::string here,
                                    std::string there) {
  std::string field = first_difference(here, there);
  return {std::move(address), std::move(type), std::move(field), std::move(here),
          std::move(there)};
}

}  // namespace casty
