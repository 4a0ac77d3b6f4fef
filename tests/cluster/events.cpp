#include "casty/cluster/events.hpp"

#include <doctest/doctest.h>

namespace {

TEST_CASE("cluster/events: a mismatch names the first field that differs") {
  const auto field = [](const char* here, const char* there) {
    return casty::schema_mismatch::of("a:1", "Add", here, there).field;
  };
  CHECK(field("Add/1{i64,text}", "Add/1{i64,i32}") == "field 2: text here, i32 there");
  CHECK(field("Add/1{i64}", "Add/1{i64,map<text,list<i32>>}") ==
        "field 2: nothing here, map<text,list<i32>> there");
  CHECK(field("Add/1{P/1{i32,i32},u8}", "Add/1{P/1{i32,i64},u8}") ==
        "field 1: P/1{i32,i32} here, P/1{i32,i64} there");
  CHECK(field("Add/1{}", "Add/1{bool}") == "field 1: nothing here, bool there");
  CHECK(field("Add/1{i64}", "Add/2{i64}") == "version");
  CHECK(field("", "Add/1{i64}") == "not known here");
  CHECK(field("Add/1{i64}", "") == "not known there");
}

}  // namespace
