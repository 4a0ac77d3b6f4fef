/// @file
/// CAs and certificates for a test, made by tools/casty-cert in a folder that goes with them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "net/tls.hpp"
#include "support/folder.hpp"

namespace support {

class certificates {
 public:
  /// Another CA in the folder `ca`.
  void make_ca(const std::string& ca, const std::string& more = "") const {
    run("ca " + folder_.file(ca) + " " + more);
  }
  /// `more`: --host and other options.
  void make_node(const std::string& ca, const std::string& name, const std::string& more) const {
    run("node " + folder_.file(ca) + " " + name + " " + more);
  }
  [[nodiscard]] casty::net::tls_options of(const std::string& ca, const std::string& name) const {
    return {file(ca + "/ca.pem"), file(ca + "/" + name + ".pem"), file(ca + "/" + name + ".key")};
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }
  /// Puts them where `to` says, as an operator replaces them.
  static void copy(const casty::net::tls_options& from, const casty::net::tls_options& to) {
    for (const auto file :
         {&casty::net::tls_options::ca_file, &casty::net::tls_options::certificate_file,
          &casty::net::tls_options::key_file}) {
      std::filesystem::copy_file(from.*file, to.*file,
                                 std::filesystem::copy_options::overwrite_existing);
    }
  }
  void put(const std::string& name, const std::string& text) const {
    folder_.put(file(name), text);
  }
  void openssl(const std::string& words) const {
    do_run("cd '" + folder_.file("") + "' && openssl " + words);
  }

 private:
  static void run(const std::string& words) {
    do_run("'" CASTY_SOURCE_ROOT "/tools/casty-cert' " + words);
  }
  static void do_run(const std::string& command) {
    if (std::system((command + " >/dev/null 2>&1").c_str()) != 0) {
      throw std::runtime_error(command + " has failed");
    }
  }

  folder folder_;
};

}  // namespace support
