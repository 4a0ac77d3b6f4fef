#include "ledger/input_digest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

#include <openssl/evp.h>

namespace ledger {

namespace {

EVP_MD_CTX* context_in(void* state) noexcept { return static_cast<EVP_MD_CTX*>(state); }

void check(int done) {
  if (done != 1) {
    throw std::runtime_error("SHA-256 is not to be had from OpenSSL");
  }
}

}  // namespace

std::string hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char each : bytes) {
    text += digits[each >> 4U];
    text += digits[each & 15U];
  }
  return text;
}

void input_digest::closer::operator()(void* state) const noexcept {
  EVP_MD_CTX_free(context_in(state));
}

input_digest::input_digest() : state_(EVP_MD_CTX_new()) {
  check(EVP_DigestInit_ex(context_in(state_.get()), EVP_sha256(), nullptr));
}

void input_digest::add(std::string_view bytes) {
  if (place_ && added_ + bytes.size() >= *place_) {
    const auto before = static_cast<std::size_t>(*place_ - added_);
    place_.reset();
    add_all(bytes.substr(0, before));
    watched_ = value();
    bytes.remove_prefix(before);
  }
  add_all(bytes);
}

void input_digest::add_all(std::string_view bytes) {
  check(EVP_DigestUpdate(context_in(state_.get()), bytes.data(), bytes.size()));
  added_ += bytes.size();
}

std::string input_digest::value() const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes = {};
  unsigned count = 0;
  const std::unique_ptr<void, closer> copy(EVP_MD_CTX_new());
  check(EVP_MD_CTX_copy_ex(context_in(copy.get()), context_in(state_.get())));
  check(EVP_DigestFinal_ex(context_in(copy.get()), bytes.data(), &count));
  return hex({bytes.data(), count});
}

void input_digest::watch(std::uint64_t bytes) {
  watched_.reset();
  place_ = bytes;
}

}  // namespace ledger
