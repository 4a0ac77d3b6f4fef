#include "net/handshake.hpp"

#include <algorithm>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "casty/core/error.hpp"
#include "casty/wire/codec.hpp"
#include "net/host_and_port.hpp"

namespace casty::net {

namespace {

constexpr std::uint32_t magic = 0x59545343;  // "CSTY"

// The bodies of the frames. Later versions may add fields at their ends.
struct hello_body {
  std::uint32_t magic = 0;
  std::uint16_t least = 0;
  std::uint16_t most = 0;
  std::string cluster = {};
  node_identity self = {};
  std::optional<std::uint64_t> expected = {};
  std::uint8_t lane = 0;
  std::uint64_t session = 0;
  bool has_secret = false;
  chance own = {};
};
struct challenge_body {
  std::uint16_t version = 0;
  node_identity self = {};
  chance own = {};
};
struct proof_body {
  proof_bytes proof = {};
};
struct welcome_body {
  proof_bytes proof = {};
  std::uint64_t received = 0;
};
struct refusal_body {
  std::uint8_t reason = 0;
  std::string detail = {};
};

template <class Body>
byte_view append(wire::byte_buffer& out, frame_kind kind, const Body& body) {
  const std::size_t begin = begin_frame(out, kind);
  wire::encode(out, body);
  end_frame(out, begin, handshake_bytes_max);
  return out.view().subspan(begin + frame_head_bytes);
}

std::string_view text_of(byte_view bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Without a secret there is nothing to prove.
proof_bytes prove(const node_terms& terms, std::string_view role, std::string_view transcript) {
  proof_bytes made = {};
  if (terms.secret.empty()) {
    return made;
  }
  const std::string text = std::string(role).append(transcript);
  unsigned length = 0;
  const unsigned char* done =
      HMAC(EVP_sha256(), terms.secret.data(), static_cast<int>(terms.secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(), &length);
  if (done == nullptr || length != made.size()) {
    throw error(errc::unavailable, "HMAC-SHA256 is not to be had from OpenSSL");
  }
  return made;
}

bool is_proven(const node_terms& terms, std::string_view role, std::string_view transcript,
               const proof_bytes& by) {
  const proof_bytes expected = prove(terms, role, transcript);
  return CRYPTO_memcmp(expected.data(), by.data(), by.size()) == 0;
}

constexpr std::string_view dialer_role = "casty dialer";
constexpr std::string_view acceptor_role = "casty acceptor";

refusal broken(const std::exception& why) { return {refusal_reason::broken, why.what()}; }

refusal unexpected(const frame& got) {
  return {refusal_reason::broken,
          "a frame of kind " + std::to_string(static_cast<unsigned>(got.kind)) +
              " is out of place"};
}

refusal read_refusal(byte_view body) {
  const auto read = wire::decode<refusal_body>(body);
  const auto most = static_cast<std::uint8_t>(refusal_reason::not_named);
  return {static_cast<refusal_reason>(std::min(read.reason, most)), read.detail};
}

void append_refusal(wire::byte_buffer& out, const refusal& why) {
  constexpr std::size_t detail_max = 512;
  (void)append(out, frame_kind::refusal,
               refusal_body{static_cast<std::uint8_t>(why.reason),
                            why.detail.substr(0, detail_max)});
}

std::string called(const node_identity& node) {
  return node.address + "#" + std::to_string(node.incarnation);
}

// Why a node that says this cannot be met; nothing when it can.
std::optional<refusal> objection(const node_terms& terms, const hello_body& to) {
  if (to.magic != magic) {
    return refusal{refusal_reason::not_casty, "the first bytes are not casty's"};
  }
  if (to.least > version_max || to.most < version_min || to.least > to.most) {
    return refusal{refusal_reason::version,
                   "versions " + std::to_string(to.least) + " to " + std::to_string(to.most) +
                       ", here " + std::to_string(version_min) + " to " +
                       std::to_string(version_max)};
  }
  if (to.cluster != terms.cluster) {
    return refusal{refusal_reason::cluster, "cluster '" + to.cluster.substr(0, 100) +
                                                "', here '" + terms.cluster + "'"};
  }
  if (to.self == terms.self) {
    return refusal{refusal_reason::other_node, "a node does not call itself"};
  }
  if (to.expected && *to.expected != terms.self.incarnation) {
    return refusal{refusal_reason::other_node,
                   "incarnation " + std::to_string(*to.expected) + " was called, here is " +
                       called(terms.self)};
  }
  if (to.has_secret == terms.secret.empty()) {
    return refusal{refusal_reason::secret_expected,
                   to.has_secret ? "there is no secret here" : "a secret is asked for here"};
  }
  if (to.lane >= lanes) {
    return refusal{refusal_reason::broken, "lane " + std::to_string(to.lane)};
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(refusal_reason reason) noexcept {
  switch (reason) {
    case refusal_reason::not_casty:
      return "not_casty";
    case refusal_reason::version:
      return "version";
    case refusal_reason::cluster:
      return "cluster";
    case refusal_reason::other_node:
      return "other_node";
    case refusal_reason::secret_expected:
      return "secret_expected";
    case refusal_reason::secret_wrong:
      return "secret_wrong";
    case refusal_reason::not_named:
      return "not_named";
    case refusal_reason::broken:
      break;
  }
  return "broken";
}

template <class Next>
bool handshake_side::take_or_refuse(const frame& got, wire::byte_buffer& out, Next next) {
  try {
    if (got.kind == frame_kind::refusal) {
      refused_ = read_refusal(got.body);
      return true;
    }
    return next();
  } catch (const error& failed) {
    return refuse(broken(failed), out);
  }
}

bool handshake_side::refuse(refusal why, wire::byte_buffer& out) {
  append_refusal(out, why);
  refused_ = std::move(why);
  return true;
}

std::optional<refusal> handshake_side::objection_to_name(const node_identity& peer) const {
  const std::string host = parts_of(peer.address).host;
  if (!is_of_ || is_of_(host)) {
    return std::nullopt;
  }
  return refusal{refusal_reason::not_named, "the certificate of " + called(peer) +
                                                " does not name '" + host + "'"};
}

dialer::dialer(const node_terms& terms, lane on, std::uint64_t session, const chance& own,
               std::optional<std::uint64_t> expected, host_proof is_of, std::string known_as)
    : handshake_side(terms, own, std::move(is_of)),
      on_(on),
      session_(session),
      expected_(expected),
      known_as_(std::move(known_as)) {}

void dialer::start(wire::byte_buffer& out) {
  transcript_ = text_of(append(
      out, frame_kind::hello,
      hello_body{magic, version_min, version_max, terms_.cluster, terms_.self, expected_,
                 static_cast<std::uint8_t>(on_), session_, !terms_.secret.empty(), own_}));
}

bool dialer::take(const frame& got, wire::byte_buffer& out) {
  return take_or_refuse(got, out, [&] {
    if (got.kind == frame_kind::challenge && !meeting_) {
      return take_challenge(got.body, out);
    }
    if (got.kind == frame_kind::welcome && meeting_) {
      return take_welcome(got.body, out);
    }
    return refuse(unexpected(got), out);
  });
}

bool dialer::take_challenge(byte_view body, wire::byte_buffer& out) {
  const auto said = wire::decode<challenge_body>(body);
  if (said.version < version_min || said.version > version_max) {
    return refuse({refusal_reason::version, "version " + std::to_string(said.version)}, out);
  }
  if (expected_ && said.self.incarnation != *expected_) {
    return refuse({refusal_reason::other_node, called(said.self) + " has answered"}, out);
  }
  if (auto why = objection_to_name(said.self)) {
    return refuse(std::move(*why), out);
  }
  // Under two names it would be two peers, whose sessions end each other's.
  if (!known_as_.empty() && said.self.address != known_as_) {
    return refuse({refusal_reason::other_node,
                   known_as_ + " was called, and " + called(said.self) + " has answered"},
                  out);
  }
  transcript_ += text_of(body);
  meeting_ = acquaintance{said.self, on_, said.version, session_, 0};
  (void)append(out, frame_kind::proof, proof_body{prove(terms_, dialer_role, transcript_)});
  return false;
}

bool dialer::take_welcome(byte_view body, wire::byte_buffer& out) {
  const auto said = wire::decode<welcome_body>(body);
  if (!is_proven(terms_, acceptor_role, transcript_, said.proof)) {
    return refuse({refusal_reason::secret_wrong, "the node that was called does not know it"}, out);
  }
  met_ = std::move(meeting_);
  met_->received = said.received;
  return true;
}

bool acceptor::take(const frame& got, wire::byte_buffer& out) {
  return take_or_refuse(got, out, [&] {
    if (got.kind == frame_kind::hello && !meeting_) {
      return take_hello(got.body, out);
    }
    if (got.kind == frame_kind::proof && meeting_) {
      return take_proof(got.body, out);
    }
    return refuse(unexpected(got), out);
  });
}

bool acceptor::take_hello(byte_view body, wire::byte_buffer& out) {
  const auto said = wire::decode<hello_body>(body);
  auto why = objection(terms_, said);
  if (!why) {
    why = objection_to_name(said.self);
  }
  if (why) {
    return refuse(std::move(*why), out);
  }
  const std::uint16_t version = std::min(said.most, version_max);
  meeting_ = acquaintance{said.self, static_cast<lane>(said.lane), version, said.session, 0};
  transcript_ = text_of(body);
  transcript_ += text_of(
      append(out, frame_kind::challenge, challenge_body{version, terms_.self, own_}));
  return false;
}

bool acceptor::take_proof(byte_view body, wire::byte_buffer& out) {
  const auto said = wire::decode<proof_body>(body);
  if (!is_proven(terms_, dialer_role, transcript_, said.proof)) {
    return refuse({refusal_reason::secret_wrong, "the node that calls does not know it"}, out);
  }
  met_ = std::move(meeting_);
  return true;
}

void acceptor::welcome(std::uint64_t received, wire::byte_buffer& out) {
  (void)append(out, frame_kind::welcome,
               welcome_body{prove(terms_, acceptor_role, transcript_), received});
}

}  // namespace casty::net
