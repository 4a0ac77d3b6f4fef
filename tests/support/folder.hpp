/// @file
/// A folder of a test's own, which goes with it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include <stdlib.h>

namespace support {

class folder {
 public:
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "casty-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("no folder for the test at " + name);
    }
    path_ = name;
  }
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  [[nodiscard]] std::string file(std::string_view name) const { return path_ / name; }

  void put(const std::string& path, std::string_view text) const {
    std::ofstream(path, std::ios::binary) << text;
  }
  [[nodiscard]] static std::string text_of(const std::string& path) {
    std::ifstream opened(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(opened), std::istreambuf_iterator<char>()};
  }
  [[nodiscard]] std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace support
