#include "persistence/postgres/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <exception>

#include <boost/endian/conversion.hpp>
#include <libpq-fe.h>

namespace casty::postgres {

namespace {

// From the server's catalogue, where they are fixed.
constexpr unsigned type_bytea = 17;
constexpr unsigned type_int8 = 20;
constexpr unsigned type_int4 = 23;
constexpr unsigned type_int4_array = 1007;
constexpr unsigned type_bytea_array = 1001;

template <class Number>
void append(std::string& to, Number number) {
  boost::endian::native_to_big_inplace(number);
  to.append(reinterpret_cast<const char*>(&number), sizeof(Number));
}

// One dimension, no nulls, from 1.
[[nodiscard]] std::string array_of(unsigned type, std::size_t count) {
  std::string head;
  append(head, std::int32_t{1});
  append(head, std::int32_t{0});
  append(head, static_cast<std::int32_t>(type));
  append(head, static_cast<std::int32_t>(count));
  append(head, std::int32_t{1});
  return head;
}

constexpr int binary = 1;
// What libpq keeps of statements before they are sent, about.
constexpr std::size_t unflushed_bytes_max = 256 * 1024;

// What libpq takes of each value, one array apiece.
struct arrays {
  explicit arrays(const std::vector<std::string>& all) : formats(all.size(), binary) {
    for (const std::string& each : all) {
      values.push_back(each.data());
      lengths.push_back(static_cast<int>(each.size()));
    }
  }
  [[nodiscard]] int count() const noexcept { return static_cast<int>(values.size()); }

  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
};

[[nodiscard]] errc meaning_of(std::string_view state) noexcept {
  if (state == "53100") {
    return errc::full;
  }
  if (state == "XX001" || state == "XX002") {
    return errc::corrupt;
  }
  return errc::unavailable;
}

[[nodiscard]] std::string trimmed(const char* message) {
  std::string_view text = message == nullptr ? "" : message;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  return std::string(text);
}

constexpr std::int64_t millisecond = 1'000'000;

// In libpq's units, rounded up. It takes less than two seconds for two.
[[nodiscard]] std::string whole_seconds(duration patience) {
  return std::to_string(
      std::min<std::int64_t>((patience.count() - 1) / (1000 * millisecond) + 1, INT_MAX / 1000));
}

[[nodiscard]] pg_conn* connect(const std::string& conninfo, duration patience) {
  const std::string timeout = whole_seconds(patience);
  // The later one counts: what `conninfo` says of it.
  const char* const names[] = {"connect_timeout", "dbname", nullptr};
  const char* const values[] = {timeout.c_str(), conninfo.c_str(), nullptr};
  return ::PQconnectdbParams(names, values, 1);
}

}  // namespace

parameters& parameters::add(std::int64_t value) {
  append(values_.emplace_back(), value);
  types_.push_back(type_int8);
  return *this;
}

parameters& parameters::add(std::string_view bytes) {
  values_.emplace_back(bytes);
  types_.push_back(type_bytea);
  return *this;
}

parameters& parameters::add(byte_view bytes) {
  return add(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

parameters& parameters::add(const std::vector<std::int32_t>& values) {
  std::string& made = values_.emplace_back(array_of(type_int4, values.size()));
  for (const std::int32_t each : values) {
    append(made, std::int32_t{sizeof(each)});
    append(made, each);
  }
  types_.push_back(type_int4_array);
  return *this;
}

parameters& parameters::add(const std::vector<byte_view>& values) {
  std::string& made = values_.emplace_back(array_of(type_bytea, values.size()));
  for (const byte_view each : values) {
    append(made, static_cast<std::int32_t>(each.size()));
    made.append(reinterpret_cast<const char*>(each.data()), each.size());
  }
  types_.push_back(type_bytea_array);
  return *this;
}

void rows::closer::operator()(pg_result* of) const noexcept { ::PQclear(of); }

int rows::count() const noexcept { return ::PQntuples(of_.get()); }

bool rows::is_null(int row, int column) const noexcept {
  return ::PQgetisnull(of_.get(), row, column) != 0;
}

std::int64_t rows::number(int row, int column) const noexcept {
  const char* at = ::PQgetvalue(of_.get(), row, column);
  if (::PQgetlength(of_.get(), row, column) == sizeof(std::int32_t)) {
    std::int32_t small = 0;
    std::memcpy(&small, at, sizeof(small));
    return boost::endian::big_to_native(small);
  }
  std::int64_t number = 0;
  std::memcpy(&number, at, sizeof(number));
  return boost::endian::big_to_native(number);
}

bool rows::truth(int row, int column) const noexcept {
  return *::PQgetvalue(of_.get(), row, column) != 0;
}

byte_view rows::bytes(int row, int column) const noexcept {
  return {reinterpret_cast<const std::byte*>(::PQgetvalue(of_.get(), row, column)),
          static_cast<std::size_t>(::PQgetlength(of_.get(), row, column))};
}

std::string_view rows::text(int row, int column) const noexcept {
  const byte_view all = bytes(row, column);
  return {reinterpret_cast<const char*>(all.data()), all.size()};
}

std::string_view rows::command() const noexcept { return ::PQcmdStatus(of_.get()); }

void connection::closer::operator()(pg_conn* of) const noexcept { ::PQfinish(of); }

connection::connection(const std::string& conninfo, duration patience)
    : of_(connect(conninfo, patience)), patience_(patience) {
  if (!is_good() || ::PQsetnonblocking(of_.get(), 1) != 0) {
    fail();
  }
  ::PQsetNoticeProcessor(of_.get(), [](void*, const char*) {}, nullptr);
}

bool connection::is_good() const noexcept {
  return !is_silent_ && ::PQstatus(of_.get()) == CONNECTION_OK;
}

void connection::fail() const {
  throw failure(errc::unavailable, trimmed(::PQerrorMessage(of_.get())), false);
}

// Until it can be read or written, as asked.
void connection::wait_for(short events) {
  using std::chrono::steady_clock;
  const auto start = steady_clock::now();
  for (duration left = patience_; left > duration();
       left = patience_ - duration(steady_clock::now() - start)) {
    pollfd socket{::PQsocket(of_.get()), events, 0};
    const std::int64_t rounded_up = (left.count() - 1) / millisecond + 1;
    const int found =
        ::poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(rounded_up, INT_MAX)));
    if (found > 0 || (found < 0 && errno != EINTR)) {
      return;  // what is wrong, if anything, libpq will find
    }
  }
  is_silent_ = true;
  throw failure(
      errc::unavailable,
      "the server has not answered for " + std::to_string(patience_.count() / millisecond) + " ms",
      false);
}

void connection::flush() {
  unflushed_bytes_ = 0;
  for (;;) {
    const int left = ::PQflush(of_.get());
    if (left == 0) {
      return;
    }
    if (left < 0) {
      fail();
    }
    // It reads, too: a server that cannot get rid of its answers takes nothing more.
    wait_for(POLLIN | POLLOUT);
    if (::PQconsumeInput(of_.get()) == 0) {
      fail();
    }
  }
}

// Null ends the results of a statement.
pg_result* connection::next_result() {
  if (is_silent_) {
    throw failure(errc::unavailable, "the server has not answered before", false);
  }
  while (::PQisBusy(of_.get()) == 1) {
    wait_for(POLLIN);
    if (::PQconsumeInput(of_.get()) == 0) {
      break;  // it gives the reason as a result
    }
  }
  return ::PQgetResult(of_.get());
}

rows connection::checked(pg_result* got) {
  rows made(got);
  switch (::PQresultStatus(got)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
      return made;
    case PGRES_PIPELINE_ABORTED:
      throw failure(errc::unavailable, "a statement before has failed", false);
    default: {
      const char* state = got == nullptr ? nullptr : ::PQresultErrorField(got, PG_DIAG_SQLSTATE);
      const char* why = got == nullptr ? nullptr : ::PQresultErrorMessage(got);
      throw failure(meaning_of(state == nullptr ? "" : state),
                    trimmed(why != nullptr && *why != '\0' ? why : ::PQerrorMessage(of_.get())),
                    false);
    }
  }
}

// The last of several; throws the first error of all, when the server has done with them.
rows connection::only_result() {
  flush();
  rows last(nullptr);
  std::exception_ptr failed;
  while (pg_result* got = next_result()) {
    try {
      last = checked(got);
    } catch (const failure&) {
      failed = failed == nullptr ? std::current_exception() : failed;
    }
  }
  if (failed != nullptr) {
    std::rethrow_exception(failed);
  }
  return last;
}

void connection::execute(const char* sql) {
  if (::PQsendQuery(of_.get(), sql) == 0) {
    fail();
  }
  (void)only_result();
}

rows connection::ask(const char* sql, const parameters& with) {
  send_one(sql, with);
  return only_result();
}

void connection::send_one(const char* sql, const parameters& with) {
  const arrays of(with.values_);
  if (::PQsendQueryParams(of_.get(), sql, of.count(), with.types_.data(), of.values.data(),
                          of.lengths.data(), of.formats.data(), binary) == 0) {
    fail();
  }
  for (const std::string& each : with.values_) {
    unflushed_bytes_ += each.size();
  }
}

void connection::begin_pipeline() {
  if (::PQenterPipelineMode(of_.get()) == 0) {
    fail();
  }
  is_synced_ = false;
  has_committed_ = false;
}

void connection::send(const char* sql, const parameters& with) {
  send_one(sql, with);
  if (unflushed_bytes_ > unflushed_bytes_max) {
    flush();
  }
}

void connection::sync() {
  if (::PQpipelineSync(of_.get()) == 0) {
    fail();
  }
  is_synced_ = true;
  flush();
}

rows connection::receive() {
  rows got = checked(next_result());
  // A null ends the results of each statement.
  while (pg_result* more = next_result()) {
    const rows dropped(more);
  }
  return got;
}

bool connection::end_pipeline() noexcept {
  if (!is_good()) {
    return false;
  }
  if (::PQpipelineStatus(of_.get()) == PQ_PIPELINE_OFF) {
    return true;
  }
  try {
    drop_pipeline();
  } catch (const std::exception&) {  // it is of no use any more
    return false;
  }
  return is_good() && ::PQexitPipelineMode(of_.get()) == 1;
}

void connection::drop_pipeline() {
  if (!is_synced_) {
    sync();
  }
  for (int nulls = 0; nulls < 2 && is_good();) {
    pg_result* got = next_result();
    nulls = got == nullptr ? nulls + 1 : 0;
    const bool is_end = got != nullptr && ::PQresultStatus(got) == PGRES_PIPELINE_SYNC;
    const rows dropped(got);
    has_committed_ = has_committed_ || (got != nullptr && dropped.command() == "COMMIT");
    if (is_end) {
      break;
    }
  }
}

// After an error the server skips all that was sent, a COMMIT too, and waits for a ROLLBACK.
bool connection::leave_transaction() noexcept {
  try {
    if (::PQtransactionStatus(of_.get()) != PQTRANS_IDLE) {
      execute("ROLLBACK");
    }
  } catch (const std::exception&) {  // seen below
  }
  return is_good() && ::PQtransactionStatus(of_.get()) == PQTRANS_IDLE;
}

}  // namespace casty::postgres
