// What does a filter bank cost: channels of delays, filters and samplers, joined again?
#include <utility>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

// A finite impulse response over the last samples; a lone 1 at the end makes a delay of it.
class response {
 public:
  explicit response(std::vector<double> coefficients)
      : coefficients_(std::move(coefficients)), past_(coefficients_.size()) {}

  double operator()(double sample) {
    past_[at_] = sample;
    double sum = 0;
    std::size_t from = at_;
    for (const double each : coefficients_) {
      sum += each * past_[from];
      from = (from == 0 ? past_.size() : from) - 1;
    }
    at_ = at_ + 1 == past_.size() ? 0 : at_ + 1;
    return sum;
  }

 private:
  std::vector<double> coefficients_;
  std::vector<double> past_;
  std::size_t at_ = 0;
};

// Lets one of `rate` samples pass, and zeros in place of the others.
class sampler {
 public:
  explicit sampler(std::size_t rate) : rate_(rate) {}

  double operator()(double sample) {
    const bool passes = count_ == 0;
    count_ = count_ + 1 == rate_ ? 0 : count_ + 1;
    return passes ? sample : 0.0;
  }

 private:
  std::size_t rate_;
  std::size_t count_ = 0;
};

struct setting {
  std::size_t channels;
  std::size_t columns;  // of the filters
  std::size_t samples;
};

response delay(std::size_t by) {
  std::vector<double> coefficients(by);
  coefficients.back() = 1;
  return response(std::move(coefficients));
}
response analysis(const setting& of, std::size_t channel) {
  std::vector<double> coefficients;
  for (std::size_t at = 0; at < of.columns; ++at) {
    coefficients.push_back(static_cast<double>((at + channel) % 7) / 8);
  }
  return response(std::move(coefficients));
}
response synthesis(const setting& of, std::size_t channel) {
  std::vector<double> coefficients;
  for (std::size_t at = 0; at < of.columns; ++at) {
    coefficients.push_back(static_cast<double>((at * channel + at) % 5) / 4);
  }
  return response(std::move(coefficients));
}
double source(std::size_t number) { return static_cast<double>(number % 1'000); }

// What is to come out, without actors; all in multiples of 1/32, and so exact.
double by_hand(const setting& of) {
  double sum = 0;
  for (std::size_t channel = 0; channel < of.channels; ++channel) {
    response first = delay(of.channels - 1);
    response second = analysis(of, channel);
    sampler third(of.channels);
    response fourth = delay(of.channels - 1);
    response fifth = synthesis(of, channel);
    for (std::size_t number = 0; number < of.samples; ++number) {
      sum += fifth(fourth(third(second(first(source(number))))));
    }
  }
  return sum;
}

struct Sample {
  double value;
};
struct End {};
struct Stage : casty::protocol<Sample, End> {};

template <class Work>
casty::behavior<Stage> stage(Work work, casty::actor_ref<Stage> next) {
  return behaviors::with_state<Stage>(
      std::move(work),
      [next](Work& does, Sample m) {
        next.tell(Sample{does(m.value)});
        return behaviors::same;
      },
      [next](Work&, End) {
        next.tell(End{});
        return behaviors::stopped;
      });
}

struct Tagged {
  std::size_t channel;
  double value;
};
struct Ended {};
struct Joiner : casty::protocol<Tagged, Ended> {};

casty::behavior<Stage> tagged(std::size_t channel, casty::actor_ref<Joiner> to) {
  return behaviors::receive<Stage>(
      [=](Sample m) {
        to.tell(Tagged{channel, m.value});
        return behaviors::same;
      },
      [=](End) {
        to.tell(Ended{});
        return behaviors::stopped;
      });
}

// Adds up the samples of a row as they come, channels in any order.
struct joiner_state {
  struct row {
    std::size_t channels = 0;
    double sum = 0;
  };

  std::size_t channels;
  casty::reply_to<double> reply;
  std::vector<row> rows;
  std::vector<std::size_t> next = std::vector<std::size_t>(channels);  // row of each channel
  std::size_t complete = 0;
  std::size_t ended = 0;
  double sum = 0;
};

casty::behavior<Joiner> joiner(const setting& of, casty::reply_to<double> reply) {
  return behaviors::with_state<Joiner>(
      joiner_state{of.channels, std::move(reply), std::vector<joiner_state::row>(of.samples)},
      [](joiner_state& now, Tagged m) {
        joiner_state::row& row = now.rows[now.next[m.channel]++];
        row.sum += m.value;
        if (++row.channels == now.channels) {
          ++now.complete;
          now.sum += row.sum;
        }
        return behaviors::same;
      },
      [](joiner_state& now, Ended) -> casty::outcome {
        if (++now.ended < now.channels) {
          return behaviors::same;
        }
        bench::require(now.complete == now.rows.size(), "a sample is missing");
        now.reply.tell(now.sum);
        return behaviors::stopped;
      });
}

struct Start {
  setting of;
  casty::reply_to<double> reply;
};

casty::behavior<Start> producer() {
  return behaviors::receive<Start>([](casty::actor_context<Start>& ctx, const Start& m) {
    auto& system = ctx.system();
    const auto join = system.spawn(joiner(m.of, m.reply));
    std::vector<casty::actor_ref<Stage>> channels;
    for (std::size_t channel = 0; channel < m.of.channels; ++channel) {
      const auto last = system.spawn(tagged(channel, join));
      const auto fifth = system.spawn(stage(synthesis(m.of, channel), last));
      const auto fourth = system.spawn(stage(delay(m.of.channels - 1), fifth));
      const auto third = system.spawn(stage(sampler(m.of.channels), fourth));
      const auto second = system.spawn(stage(analysis(m.of, channel), third));
      channels.push_back(system.spawn(stage(delay(m.of.channels - 1), second)));
    }
    for (std::size_t number = 0; number < m.of.samples; ++number) {
      for (const auto& to : channels) {
        to.tell(Sample{source(number)});
      }
    }
    for (const auto& to : channels) {
      to.tell(End{});
    }
    return behaviors::stopped;
  });
}

void filter_bank(benchmark::State& state) {
  const setting of{8, static_cast<std::size_t>(bench::size(128, 16)),
                   static_cast<std::size_t>(bench::size(16'384, 100))};
  const double expected = by_hand(of);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto from = system.spawn(producer());
    const double sum = system.ask<Start>(from, of).within(bench::patience).get();
    bench::require(sum == expected, "the sum of the samples is wrong");
  });
}
BENCHMARK(filter_bank)->Apply(bench::on_workers);

}  // namespace
