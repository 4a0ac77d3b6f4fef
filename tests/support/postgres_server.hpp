/// @file
/// A private PostgreSQL server for tests, on a socket in a folder of its own.
#pragma once

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/folder.hpp"

namespace support {

/// `CASTY_POSTGRES_BIN` says where `initdb` and `pg_ctl` are.
class postgres_server {
 public:
  postgres_server() {
    if (::getuid() == 0) {
      // It refuses to run as root.
      user_ = ::getpwnam("postgres");
      if (user_ == nullptr) {
        throw std::runtime_error("there is no user postgres to run the server");
      }
      if (::chown(folder_.file("").c_str(), user_->pw_uid, user_->pw_gid) != 0) {
        throw std::runtime_error("the folder of the server cannot be given to its user");
      }
    }
    run({"initdb", "-D", data(), "-U", "casty", "-A", "trust", "--no-sync", "-E", "UTF8"});
    start();
  }
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;
  ~postgres_server() {
    try {
      stop();
    } catch (const std::exception&) {  // it has stopped already
    }
  }

  void start() {
    run({"pg_ctl", "-D", data(), "-w", "-l", folder_.file("log"), "-o",
         "-c listen_addresses= -c unix_socket_directories=" + folder_.file("") +
             " -c max_connections=20",
         "start"});
  }
  /// As a crash would.
  void stop() { run({"pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop"}); }

  [[nodiscard]] std::string conninfo() const {
    return "host=" + folder_.file("") + " user=casty dbname=postgres";
  }

 private:
  [[nodiscard]] std::string data() const { return folder_.file("data"); }

  void run(const std::vector<std::string>& words) {
    const std::string program = std::string(CASTY_POSTGRES_BIN) + "/" + words.front();
    const pid_t child = ::fork();
    if (child == 0) {
      if (user_ != nullptr && (::setgid(user_->pw_gid) != 0 || ::setuid(user_->pw_uid) != 0)) {
        std::_Exit(126);
      }
      const int output =
          ::open(folder_.file("output").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      if (::dup2(output, STDOUT_FILENO) < 0 || ::dup2(output, STDERR_FILENO) < 0 ||
          ::chdir("/") != 0) {
        std::_Exit(126);
      }
      std::vector<char*> arguments;
      for (const std::string& each : words) {
        arguments.push_back(const_cast<char*>(each.c_str()));
      }
      arguments.push_back(nullptr);
      ::execv(program.c_str(), arguments.data());
      std::_Exit(127);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) {
      throw std::runtime_error(program + " failed:\n" + folder_.text_of(folder_.file("output")) +
                               folder_.text_of(folder_.file("log")));
    }
  }

  folder folder_;
  passwd* user_ = nullptr;
};

}  // namespace support
