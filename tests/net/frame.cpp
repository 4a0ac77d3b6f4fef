#include "net/frame.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "support/bytes.hpp"

namespace {

using casty::net::frame;
using casty::net::frame_kind;
using casty::net::frame_reader;
using support::bytes_of;
using support::text_of;

void append(casty::wire::byte_buffer& to, frame_kind kind, std::string_view body) {
  const std::size_t begin = casty::net::begin_frame(to, kind);
  to.append(body.data(), body.size());
  casty::net::end_frame(to, begin, casty::net::frame_bytes_max);
}

TEST_CASE("net/frame: frames come out as they went in, however the bytes come") {
  casty::wire::byte_buffer stream;
  append(stream, frame_kind::hello, "one");
  append(stream, frame_kind::heartbeat, "");
  append(stream, frame_kind::message, std::string(1000, 'x'));
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    CAPTURE(piece);
    frame_reader reader;
    std::vector<std::string> bodies;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.feed(stream.view().subspan(at, std::min(piece, stream.size() - at)));
      while (const auto got = reader.next()) {
        bodies.emplace_back(text_of(got->body));
      }
    }
    CHECK(bodies == std::vector<std::string>{"one", "", std::string(1000, 'x')});
    CHECK(reader.waiting() == 0);
  }
}

TEST_CASE("net/frame: the head is the length, little-endian, and the kind") {
  casty::wire::byte_buffer stream;
  append(stream, frame_kind::message, "abc");
  CHECK(text_of(stream.view()) == std::string_view("\x04\0\0\0\x06"
                                                   "abc", 8));
}

TEST_CASE("net/frame: what cannot be a frame ends the stream") {
  for (const std::string_view bad :
       {std::string_view("\0\0\0\0\x01", 5), std::string_view("\x01\0\0\0\0", 5),
        std::string_view("\x01\0\0\0\x0B", 5), std::string_view("\xFF\xFF\xFF\xFF", 4),
        std::string_view("GET / HTTP/1.1\r\n")}) {
    frame_reader reader;
    reader.feed(bytes_of(bad));
    CHECK_THROWS_AS((void)reader.next(), casty::error);
  }
}

TEST_CASE("net/frame: over the limit it is not sent, nor waited for") {
  casty::wire::byte_buffer stream;
  append(stream, frame_kind::hello, "kept");
  const std::size_t size = stream.size();
  const std::size_t begin = casty::net::begin_frame(stream, frame_kind::message);
  stream.append("123456789", 9);
  CHECK_THROWS_AS(casty::net::end_frame(stream, begin, 9), casty::error);
  CHECK(stream.size() == size);

  frame_reader reader(9);
  reader.feed(bytes_of(std::string_view("\x0A\0\0\0", 4)));
  CHECK_THROWS_AS((void)reader.next(), casty::error);
  frame_reader wider(9);
  wider.limit(10);
  wider.feed(bytes_of(std::string_view("\x0A\0\0\0\x06", 5)));
  CHECK_FALSE(wider.next());
  CHECK(wider.waiting() == 5);
}

}  // namespace
