/// @file
/// Environment variables of a test.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace support {

/// Sets one, or unsets it; at the end it is what it was.
class environment_variable {
 public:
  environment_variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) {
      before_ = before;
    }
    put(value);
  }
  environment_variable(const environment_variable&) = delete;
  environment_variable& operator=(const environment_variable&) = delete;
  ~environment_variable() { put(before_ ? before_->c_str() : nullptr); }

 private:
  void put(const char* value) const {
    value == nullptr ? unsetenv(name_) : setenv(name_, value, 1);
  }

  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace support
