#include "net/tls_stream.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "casty/core/error.hpp"

namespace casty::net {

namespace {

using certificate_ptr = std::unique_ptr<X509, ended_by<X509_free>>;

// Only subjectAltNames count.
constexpr unsigned host_flags =
    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
// So many bytes are encrypted at a time.
constexpr std::size_t write_bytes = 64U << 10;
// The most that a record holds.
constexpr std::size_t record_bytes = 16U << 10;
// A peer hears why it is refused: what closes at once may take that back.
constexpr duration linger = duration::milliseconds(250);

// Why the handshake or a record is of no use, by the error that OpenSSL has left.
std::string explain() {
  const unsigned long code = ERR_peek_error();
  const std::string text = openssl_error();
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) {
    return text;
  }
  switch (const int reason = ERR_GET_REASON(code); reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_UNKNOWN_PROTOCOL:
      return "it does not speak TLS: " + text;
    default:
      // OpenSSL counts alerts, by which a peer says what it has against us, from there.
      return reason >= SSL_AD_REASON_OFFSET ? "it refuses: " + text : "TLS: " + text;
  }
}

/// What stays until the last event is over.
class tls_state final : public stream_events, public std::enable_shared_from_this<tls_state> {
 public:
  tls_state(network& on, std::unique_ptr<stream> over, tls_context& with)
      : on_(on), below_(std::move(over)), session_(with.new_session(refusal_)) {
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(session_.get(), in_, out_);  // which owns them
    if (in_ == nullptr || out_ == nullptr) {
      throw error(errc::unavailable, "no memory for TLS: " + openssl_error());
    }
  }

  void expect_caller() { SSL_set_accept_state(session_.get()); }
  void expect(const std::string& host);

  void start(stream_events& above);
  void write(byte_view bytes);
  void end() noexcept;
  [[nodiscard]] bool is_named(const std::string& host) const;

 private:
  void received(byte_view bytes) override;
  void drained() override;
  void closed(std::string_view why) override;

  void shake_hands();
  void read();
  void push();
  void encrypt();
  void send();
  void fail(const std::string& why);
  void tell(const std::string& why);
  [[nodiscard]] bool lasts() const noexcept { return above_ != nullptr && failed_.empty(); }

  network& on_;
  std::unique_ptr<stream> below_;
  std::string refusal_;  // of the peer's certificate, told by the session
  tls_session session_;
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
  stream_events* above_ = nullptr;
  byte_view waiting_;               // is to be written, and not encrypted yet
  std::vector<std::byte> writing_;  // is encrypted, and on its way
  bool is_writing_ = false;
  bool is_open_ = false;       // the handshake is done
  bool owes_drained_ = false;  // to above
  std::string failed_;         // why, from when nothing more is read or encrypted
  std::unique_ptr<operation> telling_;
};

void tls_state::expect(const std::string& host) {
  SSL* session = session_.get();
  SSL_set_connect_state(session);
  SSL_set_hostflags(session, host_flags);
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1) {
    return;
  }
  if (SSL_set1_host(session, host.c_str()) != 1) {
    throw error(errc::bad_argument, "'" + host + "' is no host: " + openssl_error());
  }
}

void tls_state::start(stream_events& above) {
  above_ = &above;
  below_->start(*this);
  shake_hands();
  push();
}

void tls_state::write(byte_view bytes) {
  waiting_ = bytes;
  owes_drained_ = true;
  push();
}

// An IP address, or else a DNS name.
bool tls_state::is_named(const std::string& host) const {
  const certificate_ptr shown(SSL_get1_peer_certificate(session_.get()));
  if (shown == nullptr) {
    return false;
  }
  constexpr int no_ip = -2;
  const int of_ip = X509_check_ip_asc(shown.get(), host.c_str(), 0);
  if (of_ip != no_ip) {
    return of_ip == 1;
  }
  return X509_check_host(shown.get(), host.data(), host.size(), host_flags, nullptr) == 1;
}

void tls_state::end() noexcept {
  above_ = nullptr;
  telling_.reset();
  below_.reset();
}

void tls_state::received(byte_view bytes) {
  const auto kept = shared_from_this();
  if (!lasts()) {
    return;
  }
  std::size_t taken = 0;
  if (BIO_write_ex(in_, bytes.data(), bytes.size(), &taken) != 1 || taken != bytes.size()) {
    fail("no memory for TLS");
    return;
  }
  if (!is_open_) {
    shake_hands();
  }
  if (is_open_) {
    read();
  }
  push();
}

void tls_state::drained() {
  const auto kept = shared_from_this();
  is_writing_ = false;
  push();
  if (!is_writing_ && lasts() && waiting_.empty() && std::exchange(owes_drained_, false)) {
    above_->drained();
  }
}

void tls_state::closed(std::string_view why) {
  const auto kept = shared_from_this();
  if (!failed_.empty()) {
    tell(failed_);
  } else {
    tell((is_open_ ? "" : "it went within the TLS handshake: ") + std::string(why));
  }
}

void tls_state::shake_hands() {
  ERR_clear_error();
  const int done = SSL_do_handshake(session_.get());
  if (done == 1) {
    is_open_ = true;
  } else if (SSL_get_error(session_.get(), done) != SSL_ERROR_WANT_READ) {
    fail(refusal_.empty() ? explain() : refusal_);
  }
}

void tls_state::read() {
  std::array<std::byte, record_bytes> bytes;
  while (lasts()) {
    ERR_clear_error();
    std::size_t count = 0;
    const int done = SSL_read_ex(session_.get(), bytes.data(), bytes.size(), &count);
    if (done == 1) {
      above_->received(byte_view(bytes).first(count));
      continue;
    }
    switch (SSL_get_error(session_.get(), done)) {
      case SSL_ERROR_WANT_READ:
        return;
      case SSL_ERROR_ZERO_RETURN:
        fail("it has ended TLS");
        return;
      default:
        fail(explain());
    }
  }
}

// What the handshake, an alert or `write` has to send.
void tls_state::push() {
  if (is_writing_) {
    return;
  }
  if (is_open_ && failed_.empty() && !waiting_.empty()) {
    encrypt();
  }
  send();
}

void tls_state::encrypt() {
  ERR_clear_error();
  std::size_t count = 0;
  if (SSL_write_ex(session_.get(), waiting_.data(), std::min(waiting_.size(), write_bytes),
                   &count) != 1) {
    fail(explain());
    return;
  }
  waiting_ = waiting_.subspan(count);
}

void tls_state::send() {
  const std::size_t size = BIO_ctrl_pending(out_);
  if (is_writing_ || below_ == nullptr || size == 0) {
    return;
  }
  writing_.resize(size);
  std::size_t count = 0;
  BIO_read_ex(out_, writing_.data(), size, &count);
  is_writing_ = true;
  below_->write(byte_view(writing_).first(count));
}

// Told later: it may be above who has called. When there is an alert to send, so much later that
// the peer has it, or when the peer has gone.
void tls_state::fail(const std::string& why) {
  failed_ = why;
  waiting_ = {};
  send();
  telling_ = on_.after(is_writing_ ? linger : duration::seconds(0), [this] {
    const auto kept = shared_from_this();
    tell(failed_);
  });
}

void tls_state::tell(const std::string& why) {
  telling_.reset();
  below_.reset();
  if (stream_events* above = std::exchange(above_, nullptr); above != nullptr) {
    above->closed(why);
  }
}

class tls_stream final : public stream {
 public:
  explicit tls_stream(std::shared_ptr<tls_state> of) : of_(std::move(of)) {}
  ~tls_stream() override { of_->end(); }

  void start(stream_events& events) override { of_->start(events); }
  void write(byte_view bytes) override { of_->write(bytes); }
  [[nodiscard]] bool is_named(const std::string& host) const override {
    return of_->is_named(host);
  }

 private:
  std::shared_ptr<tls_state> of_;
};

}  // namespace

std::unique_ptr<stream> tls_stream_to(const std::string& host, network& on,
                                      std::unique_ptr<stream> over, tls_context& with) {
  const auto made = std::make_shared<tls_state>(on, std::move(over), with);
  made->expect(host);
  return std::make_unique<tls_stream>(made);
}

std::unique_ptr<stream> tls_stream_of_caller(network& on, std::unique_ptr<stream> over,
                                             tls_context& with) {
  const auto made = std::make_shared<tls_state>(on, std::move(over), with);
  made->expect_caller();
  return std::make_unique<tls_stream>(made);
}

}  // namespace casty::net
