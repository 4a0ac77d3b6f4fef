// What does a message of nine bytes cost to encode and to decode, beside cereal's own binary
// archive on a stream?
#include <sstream>
#include <streambuf>

#include <cereal/archives/binary.hpp>

#include "casty/wire/codec.hpp"
#include "support/meter.hpp"

namespace {

struct Move {
  std::int64_t entity = 0;
  std::uint8_t direction = 0;

  template <class Archive>
  friend void serialize(Archive& archive, Move& of)
    requires(!std::is_base_of_v<casty::wire::output_archive, Archive> &&
             !std::is_base_of_v<casty::wire::input_archive, Archive> &&
             !std::is_base_of_v<casty::wire::probing::output, Archive>)
  {
    archive(of.entity, of.direction);
  }
};

// One message over and over: the buffer keeps its memory.
void encode(benchmark::State& state) {
  bench::measure(state, 1, 10'000'000, [](std::int64_t count) {
    casty::wire::byte_buffer buffer;
    std::size_t bytes = 0;
    const bench::meter all;
    for (std::int64_t each = 0; each < count; ++each) {
      buffer.clear();
      casty::wire::encode(buffer, Move{each, 3});
      bytes += buffer.size();
      benchmark::DoNotOptimize(buffer.view().data());
    }
    const auto spent = all.read();
    bench::require(bytes == static_cast<std::size_t>(count) * 10, "a message of another size");
    return spent;
  });
}
BENCHMARK(encode)->Apply(bench::nanoseconds);

void decode(benchmark::State& state) {
  bench::measure(state, 1, 10'000'000, [](std::int64_t count) {
    casty::wire::byte_buffer buffer;
    casty::wire::encode(buffer, Move{5, 3});
    std::int64_t sum = 0;
    const bench::meter all;
    for (std::int64_t each = 0; each < count; ++each) {
      casty::byte_view bytes = buffer.view();
      benchmark::DoNotOptimize(bytes);
      sum += casty::wire::decode<Move>(bytes).entity;
    }
    const auto spent = all.read();
    bench::require(sum == 5 * count, "another message");
    return spent;
  });
}
BENCHMARK(decode)->Apply(bench::nanoseconds);

void cereal_encode(benchmark::State& state) {
  bench::measure(state, 1, 1'000'000, [](std::int64_t count) {
    std::ostringstream stream;
    cereal::BinaryOutputArchive archive(stream);
    const bench::meter all;
    for (std::int64_t each = 0; each < count; ++each) {
      stream.seekp(0);
      archive(Move{each, 3});
    }
    const auto spent = all.read();
    bench::require(stream.str().size() == 9, "a message of another size");
    return spent;
  });
}
BENCHMARK(cereal_encode)->Apply(bench::nanoseconds);

void cereal_decode(benchmark::State& state) {
  bench::measure(state, 1, 1'000'000, [](std::int64_t count) {
    std::stringstream stream;
    cereal::BinaryOutputArchive written(stream);
    written(Move{5, 3});
    cereal::BinaryInputArchive archive(stream);
    std::int64_t sum = 0;
    const bench::meter all;
    for (std::int64_t each = 0; each < count; ++each) {
      stream.seekg(0);
      Move read;
      archive(read);
      sum += read.entity;
    }
    const auto spent = all.read();
    bench::require(sum == 5 * count, "another message");
    return spent;
  });
}
BENCHMARK(cereal_decode)->Apply(bench::nanoseconds);

}  // namespace
