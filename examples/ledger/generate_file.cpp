#include "ledger/generate_file.hpp"

#include <algorithm>
#include <cstdint>

#include "ledger/bytes.hpp"
#include "ledger/generate.hpp"
#include "ledger/line.hpp"
#include "ledger/output_file.hpp"
#include "ledger/progress.hpp"

namespace ledger {

namespace {

constexpr std::uint64_t batch_lines = 4096;

void write_lines(byte_sink& to, const generated_file& wanted, signals& stopped) {
  line_generator lines(wanted);
  progress shown("generating", wanted.transactions);
  to.write(header_text);
  to.write("\n");
  for (std::uint64_t done = 0; done < wanted.transactions;) {
    const std::uint64_t batch_end = std::min(done + batch_lines, wanted.transactions);
    for (; done < batch_end; ++done) {
      to.write(lines.next());
    }
    stopped.check();
    shown.update(done, done);
  }
  shown.finish(wanted.transactions, wanted.transactions);
}

}  // namespace

void generate_file(const generate_options& options, signals& stopped) {
  if (options.output == "-") {
    standard_output out(stopped);
    write_lines(out, options.wanted, stopped);
    out.flush();
  } else {
    output_file out(options.output);
    write_lines(out, options.wanted, stopped);
    out.complete();
    out.publish();
  }
}

}  // namespace ledger
