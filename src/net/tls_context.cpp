#include "net/tls_context.hpp"

#include <cstddef>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "casty/core/error.hpp"

namespace casty::net {

namespace {

using context_ptr = std::unique_ptr<SSL_CTX, ended_by<SSL_CTX_free>>;
using memory_ptr = std::unique_ptr<BIO, ended_by<BIO_free>>;

// Of what a peer has written into its certificate.
constexpr std::size_t subject_max = 200;

// Where OpenSSL would ask at the terminal.
int no_password(char*, int, int, void*) { return -1; }

// As RFC 2253 writes it, with all that is not plain text escaped.
std::string subject_of(const X509* certificate) {
  const memory_ptr text(BIO_new(BIO_s_mem()));
  if (certificate == nullptr || text == nullptr ||
      X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) {
    return "the peer";
  }
  char* begin = nullptr;
  const long size = BIO_get_mem_data(text.get(), &begin);
  const std::string name(begin, size > 0 ? static_cast<std::size_t>(size) : 0);
  return name.empty() ? "the peer" : "'" + name.substr(0, subject_max) + "'";
}

std::string objection(int failed) {
  const std::string text = X509_verify_cert_error_string(failed);
  switch (failed) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return text + ", it is not of our CA";
    default:
      return text;
  }
}

// OpenSSL says later only that something was wrong.
int keep_objection(int is_good, X509_STORE_CTX* of) noexcept {
  if (is_good == 0) {
    const auto* session = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(of, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const X509* peer = X509_STORE_CTX_get0_cert(of);
    const X509* failed = X509_STORE_CTX_get_current_cert(of);
    *static_cast<std::string*>(SSL_get_app_data(session)) =
        "the certificate of " + subject_of(peer) +
        " is refused: " + objection(X509_STORE_CTX_get_error(of)) +
        (failed == peer || failed == nullptr ? "" : " (that of " + subject_of(failed) + ")");
  }
  return is_good;
}

void require(bool is_done, const std::string& file, const std::string& what) {
  if (!is_done) {
    throw error(errc::unavailable, file + ": " + what + ": " + openssl_error());
  }
}

context_ptr read(const tls_options& files) {
  ERR_clear_error();
  context_ptr made(SSL_CTX_new(TLS_method()));
  SSL_CTX* to = made.get();
  if (to == nullptr || SSL_CTX_set_min_proto_version(to, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(to, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
    throw error(errc::unavailable, "TLS is not to be had from OpenSSL: " + openssl_error());
  }
  // Each connection proves anew who it is: no certificate outlives its time in a session.
  SSL_CTX_set_session_cache_mode(to, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(to, 0);
  SSL_CTX_set_options(to, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // What is sent is what stands in the file: the peer has the CA.
  SSL_CTX_set_mode(to, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_verify(to, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, keep_objection);
  SSL_CTX_set_default_passwd_cb(to, no_password);

  require(SSL_CTX_load_verify_file(to, files.ca_file.c_str()) == 1, files.ca_file,
          "no certificate of a CA can be read");
  require(SSL_CTX_use_certificate_chain_file(to, files.certificate_file.c_str()) == 1,
          files.certificate_file, "no certificate can be read");
  require(SSL_CTX_use_PrivateKey_file(to, files.key_file.c_str(), SSL_FILETYPE_PEM) == 1,
          files.key_file, "no key of the certificate can be read");
  require(SSL_CTX_check_private_key(to) == 1, files.key_file, "it is of another certificate");
  return made;
}

}  // namespace

std::string openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code)) {
    return std::generic_category().message(ERR_GET_REASON(code));
  }
  const char* text = ERR_reason_error_string(code);
  return text != nullptr ? text : "error " + std::to_string(code);
}

tls_context::tls_context(tls_options files, tls_hooks hooks)
    : files_(std::move(files)), hooks_(std::move(hooks)) {
  reload();
}

// The stamps first: what changes meanwhile is read again.
void tls_context::reload() {
  tried_ = stamps_now();
  read_ = read(files_);
}

tls_session tls_context::new_session(std::string& refusal) {
  if (stamps_now() != tried_) {
    try {
      reload();
    } catch (const error& unusable) {
      if (hooks_.told) {
        hooks_.told(unusable.what());
      }
    }
  }
  tls_session made(SSL_new(read_.get()));
  if (made == nullptr || SSL_set_app_data(made.get(), &refusal) != 1) {
    throw error(errc::unavailable, "no TLS session is to be had: " + openssl_error());
  }
  if (hooks_.wall_clock_seconds) {
    X509_VERIFY_PARAM_set_time(SSL_get0_param(made.get()), hooks_.wall_clock_seconds());
  }
  return made;
}

tls_context::stamp tls_context::stamp_of(const std::string& file) noexcept {
  struct ::stat found = {};
  if (::stat(file.c_str(), &found) != 0) {
    return {};
  }
  return {found.st_dev, found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

tls_context::stamps tls_context::stamps_now() const noexcept {
  return {stamp_of(files_.ca_file), stamp_of(files_.certificate_file), stamp_of(files_.key_file)};
}

}  // namespace casty::net
