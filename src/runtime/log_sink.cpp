#include "runtime/log_sink.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <typeinfo>
#include <utility>

#include "runtime/effect_sink.hpp"
#include "runtime/engine.hpp"

namespace casty {

namespace detail {

namespace {

spdlog::level::level_enum level_of(log_level level) noexcept {
  switch (level) {
    case log_level::trace:
      return spdlog::level::trace;
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
    case log_level::off:
    case log_level::as_configured:
      break;
  }
  return spdlog::level::off;
}

// key=value, the value in quotes when it holds a space, a quote or a control character.
void append_text(std::string& line, std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return letter > ' ' && letter != '"' && letter != '=' && letter != '\\' && letter != 127;
  });
  if (plain) {
    line += text;
    return;
  }
  line += '"';
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') {
      line += '\\';
      line += letter;
    } else if (letter == '\n') {
      line += "\\n";
    } else if (static_cast<unsigned char>(letter) < ' ' || letter == 127) {
      line += fmt::format("\\x{:02X}", static_cast<unsigned char>(letter));
    } else {
      line += letter;
    }
  }
  line += '"';
}

void append_value(std::string& line, const log_value& value) {
  switch (value.type()) {
    case log_value::kind::text:
      append_text(line, value.text());
      break;
    case log_value::kind::integer:
      line += std::to_string(value.integer());
      break;
    case log_value::kind::natural:
      line += std::to_string(value.natural());
      break;
    case log_value::kind::truth:
      line += value.natural() != 0 ? "true" : "false";
      break;
    case log_value::kind::real:
      line += fmt::format("{}", value.real());
      break;
  }
}

std::string name_of_current_exception() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) {
    return "unknown";
  }
  const std::unique_ptr<char, void (*)(void*)> plain(
      abi::__cxa_demangle(type->name(), nullptr, nullptr, nullptr), std::free);
  return plain ? plain.get() : type->name();
}

}  // namespace

std::string text_of(logger::fields all) {
  std::string text;
  for (const log_field& field : all) {
    if (!text.empty()) {
      text += ' ';
    }
    text += field.key;
    text += '=';
    append_value(text, field.value);
  }
  return text;
}

log_sink::log_sink(std::string_view system, log_level least, log_hook instead)
    : system_(system),
      least_(least),
      written_(least),
      instead_(std::move(instead)),
      lines_(std::make_shared<spdlog::logger>(
          system_, std::make_shared<spdlog::sinks::stderr_color_sink_mt>())) {
  lines_->set_level(spdlog::level::trace);
  lines_->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
}

void log_sink::write(log_level level, std::string_view text, logger::fields all,
                     std::string_view path) const noexcept {
  if (level < written_) {
    return;
  }
  try {
    if (instead_) {
      instead_(log_line{level, system_, path, text, all});
      return;
    }
    std::string line(text);
    line += " system=";
    append_text(line, system_);
    if (!path.empty()) {
      line += " actor=";
      append_text(line, path);
    }
    if (all.size() != 0) {
      line += ' ';
      line += text_of(all);
    }
    lines_->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {
    // A line that cannot be written is not worth the actor's life.
  }
}

void log_sink::write_exception(std::string_view text, const std::exception_ptr& failure,
                               std::string_view path) const noexcept {
  if (!writes(log_level::error)) {
    return;
  }
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& known) {
    write(log_level::error, text,
          {{"exception", name_of_current_exception()}, {"what", known.what()}}, path);
  } catch (...) {
    write(log_level::error, text, {{"exception", name_of_current_exception()}}, path);
  }
}

}  // namespace detail

void logger::write(log_level level, std::string_view text, fields all) const {
  if (!system_->log.writes(level)) {
    return;
  }
  if (actor_ != nullptr && system_->effects != nullptr) {
    if (detail::effect_sink* sink = detail::sink_of(*system_, detail::target_of(actor_))) {
      sink->on_log(level, text, all);
    }
  }
  if (actor_ == nullptr) {
    system_->log.write(level, text, all);
    return;
  }
  const actor_path path = any_ref(detail::target_of(actor_)).path();
  system_->log.write(level, text, all, path);
}

}  // namespace casty
