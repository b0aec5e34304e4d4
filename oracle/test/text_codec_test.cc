// The text form: parsing undoes printing, printed text is a fixed point, and broken text is
// refused at the very column.
#include "oracle/text_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/byte_codec.h"
#include "oracle/kinds.h"

namespace mapfuzz {
namespace {

using Random = std::mt19937_64;

constexpr const char* kTop = "mapfuzz 1\nmap key=u64 elem=u64\n";
constexpr const char* kExplicitTop = "mapfuzz 1\nmap key=u64 elem=u64 hash=explicit\n";

Program random_program(Random& random) {
  std::vector<std::uint8_t> bytes(random() % 100);
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random());
  }
  return decode(bytes);
}

bool is_legal(const Program& program) {
  Program copy = program;
  repair(copy);
  return copy == program;
}

OpsText parsed(std::string_view text) {
  auto result = parse_ops(text);
  if (const auto* error = std::get_if<ParseError>(&result)) {
    ADD_FAILURE() << to_string(*error, "text") << '\n' << text;
    return {};
  }
  return std::get<OpsText>(std::move(result));
}

std::string error_of(std::string_view text) {
  const auto result = parse_ops(text);
  const auto* error = std::get_if<ParseError>(&result);
  return error == nullptr ? "no error" : to_string(*error, "f");
}

std::string canonical(std::string_view text) { return print_ops(parsed(text).program); }

TEST(TextCodec, ParsingUndoesPrinting) {
  Random random(1);
  for (int round = 0; round < 1000; ++round) {
    const Program program = random_program(random);
    ASSERT_EQ(parsed(print_ops(program)).program, program) << "round " << round;
  }
}

TEST(TextCodec, PrintedTextIsAFixedPoint) {
  Random random(2);
  for (int round = 0; round < 1000; ++round) {
    const std::string text = print_ops(random_program(random));
    ASSERT_EQ(canonical(text), text) << "round " << round;
  }
}

TEST(TextCodec, EveryOperationSurvives) {
  for (std::uint8_t code = 0; code < kOpCodes; ++code) {
    Program program;
    Operation& operation = program.operations.emplace_back();
    operation.code = static_cast<OpCode>(code);
    operation.slot = 7;
    operation.key = 1234;
    operation.value = 2;
    operation.draw = 99;
    repair(program);
    EXPECT_EQ(parsed(print_ops(program)).program, program) << print_ops(program);
  }
}

TEST(TextCodec, EveryRowSurvives) {
  for (const Row& row : all_rows()) {
    Program program;
    program.header.key = row.key;
    program.header.elem = row.elem;
    program.header.width = row.width;
    EXPECT_EQ(parsed(print_ops(program)).program, program) << print_ops(program);
  }
}

TEST(TextCodec, DeletingOperationsKeepsTheIdsOfTheOthers) {
  Random random(3);
  for (int round = 0; round < 1000; ++round) {
    Program program = random_program(random);
    auto& operations = program.operations;
    for (auto at = operations.begin(); at != operations.end();) {
      at = random() % 2 == 0 ? operations.erase(at) : at + 1;
    }
    ASSERT_EQ(parsed(print_ops(program)).program, program) << "round " << round;
  }
}

TEST(TextCodec, PrintsOnlyWhatIsNotTheDefault) {
  EXPECT_EQ(print_ops(Program()), "mapfuzz 1\nmap key=u64 elem=u64\n");
}

TEST(TextCodec, PrintsEveryFieldInItsOrder) {
  EXPECT_EQ(canonical("mapfuzz 1\n"
                      "map off=clear,len policy=go-exact hint=-1 seed=7 hash=top:254 key=u64\n"),
            "mapfuzz 1\n"
            "map key=u64 elem=u64 hash=top:254 seed=7 hint=-1 policy=go-exact off=len,clear\n");
  EXPECT_EQ(canonical("mapfuzz 1\nmap width=2\n"), "mapfuzz 1\nmap key=u64 elem=u64 width=2\n");
}

TEST(TextCodec, PrintsAnIdOnlyAfterAGap) {
  const char* const text =
      "mapfuzz 1\nmap key=u64 elem=u64\n"
      "@7 iter a draw=5\nnext a\n@10 len\n";
  const Program program = parsed(text).program;
  ASSERT_EQ(program.operations.size(), 3);
  EXPECT_EQ(program.operations[0].id, 7);
  EXPECT_EQ(program.operations[1].id, 8);
  EXPECT_EQ(program.operations[2].id, 10);
  EXPECT_EQ(print_ops(program), text);
  EXPECT_EQ(canonical(std::string(kTop) + "@0 len\n@1 len\n"), std::string(kTop) + "len\nlen\n");
}

TEST(TextCodec, SpellsEveryOperation) {
  const std::string text =
      std::string(kTop) +
      "len\naccess1 3\naccess2 65535\nassign 3 = 10\nupdate 3 = 4294967295\n"
      "delete 3\nclear\nremake 30\nremake -1\nremake 4611686018427387904\n"
      "literal 5 = 20\nrange\niter a\niter h draw=4294967295\nnext a\nclose a\n"
      "copy\nmove\nswap\nexpect-len 0\nexpect-value 3 = 10\nexpect-absent 3\n"
      "expect-phase quiet\nexpect-phase doubling\nexpect-phase same-size\n"
      "expect-buckets 8\nexpect-overflow 2\n";
  EXPECT_EQ(canonical(text), text);
}

TEST(TextCodec, KeepsExplicitHashesSorted) {
  EXPECT_EQ(canonical(std::string(kExplicitTop) + "hash 9 = 1:2\nhash 3 = 255:65535\nlen\n"),
            std::string(kExplicitTop) + "hash 3 = 255:65535\nhash 9 = 1:2\nlen\n");
}

TEST(TextCodec, BlanksAndCommentsGoWhereOneLikes) {
  EXPECT_EQ(canonical("\n  # first\n\tmapfuzz\t1 # version\n\n map  key = u64   hash=low : 2#x\n"
                      "  assign 3=10# ten\n#\n\n\t@5 iter a draw = 5\n   "),
            "mapfuzz 1\nmap key=u64 elem=u64 hash=low:2\nassign 3 = 10\n@5 iter a draw=5\n");
}

TEST(TextCodec, LinesMayEndAsOnWindowsOrNotAtAll) {
  const std::string expected = std::string(kTop) + "assign 3 = 10\nlen\n";
  EXPECT_EQ(canonical("mapfuzz 1\r\nmap key=u64 elem=u64\r\n\r\nassign 3 = 10\r\nlen\r\n"),
            expected);
  EXPECT_EQ(canonical(std::string(kTop) + "assign 3 = 10\nlen"), expected);
  EXPECT_EQ(canonical(std::string(kTop) + "assign 3 = 10\nlen\r"), expected);
}

TEST(TextCodec, TheOpeningCommentIsKept) {
  const OpsText text = parsed(
      "# First growth.\n#\n#Then more  \r\nmapfuzz 1 # no\n\n#  indented\nmap # no\n# no\nlen\n");
  EXPECT_EQ(text.comment, "First growth.\n\nThen more\n indented");
  EXPECT_EQ(text.target, "");
}

TEST(TextCodec, TheTargetComesFromTheRunLine) {
  const OpsText text = parsed(
      "# Found.\n# run: revision=abc target=ops_u64 seed=1\nmapfuzz 1\n#run: target=other\n# "
      "More.\n"
      "map\n# run: target=late\n");
  EXPECT_EQ(text.target, "ops_u64");
  EXPECT_EQ(text.comment, "Found.\nMore.");
}

TEST(TextCodec, ARunLineMayNameNoTarget) {
  const OpsText text = parsed("# run: revision=abc\nmapfuzz 1\nmap\n");
  EXPECT_EQ(text.target, "");
  EXPECT_EQ(text.comment, "");
}

TEST(TextCodec, BrokenTextIsRefusedWhereItBreaks) {
  const std::string wanted_keys = "one of u64, str, f64, u32, big, any, obj";
  const std::string wanted_fields = "one of key, elem, hash, seed, hint, width, policy, off";
  const std::string wanted_operations =
      "one of len, access1, access2, assign, update, delete, clear, remake, literal, range, iter, "
      "next, close, copy, move, swap, expect-len, expect-value, expect-absent, expect-phase, "
      "expect-buckets, expect-overflow, nil, reenter, inject, interleave";
  const std::string wanted_hint = "a hint up to 8192, or from 4611686018427387904";
  const std::string wanted_rows =
      "one of key=u64 elem=u64 width=8, key=u64 elem=u64 width=4, key=u64 elem=u64 width=2, "
      "key=u64 elem=u64 width=1, key=str elem=u64 width=8, key=f64 elem=u64 width=8, "
      "key=u64 elem=str width=8, key=u64 elem=unit width=8, key=u32 elem=u64 width=8, "
      "key=big elem=u64 width=8, key=any elem=u64 width=8, key=u64 elem=big width=8, "
      "key=u64 elem=fat width=8, key=obj elem=u64 width=8, key=u64 elem=obj width=8";
  const std::string newer = "version 1, the newest this build reads";
  const std::string m = "mapfuzz 1\n";
  const std::string top = kTop;
  const std::string table = kExplicitTop;

  const struct {
    std::string text;
    std::string place;
    std::string expected;
    std::string found;
  } cases[] = {
      // The version.
      {"", "1:1", "'mapfuzz 1'", "end of file"},
      {"# only this", "1:12", "'mapfuzz 1'", "end of file"},
      {"# only this\n", "2:1", "'mapfuzz 1'", "end of file"},
      {"map key=u64\n", "1:1", "'mapfuzz 1'", "'map'"},
      {"\n  mapfuz 1\n", "2:3", "'mapfuzz 1'", "'mapfuz'"},
      {"mapfuzz\n", "1:8", "'mapfuzz 1'", "end of line"},
      {"mapfuzz # 1\n", "1:8", "'mapfuzz 1'", "end of line"},
      {"mapfuzz x\n", "1:9", "'mapfuzz 1'", "'x'"},
      {"mapfuzz 0\n", "1:9", "'mapfuzz 1'", "'0'"},
      {"mapfuzz 01\n", "1:9", "'mapfuzz 1'", "'01'"},
      {"mapfuzz 2\n", "1:9", newer, "'2'"},
      {"mapfuzz 99999999999999999999\n", "1:9", newer, "'99999999999999999999'"},
      {"mapfuzz 1 2\n", "1:11", "end of line", "'2'"},
      {"mapfuzz=1\n", "1:8", "'mapfuzz 1'", "'='"},
      // The map line.
      {m, "2:1", "'map'", "end of file"},
      {"mapfuzz 1", "1:10", "'map'", "end of file"},
      {m + "assign 3 = 10\n", "2:1", "'map'", "'assign'"},
      {m + "map colour=red\n", "2:5", wanted_fields, "'colour'"},
      {m + "map key u64\n", "2:9", "'='", "'u64'"},
      {m + "map key\n", "2:8", "'='", "end of line"},
      {m + "map key=\n", "2:9", wanted_keys, "end of line"},
      {m + "map key=u65\n", "2:9", wanted_keys, "'u65'"},
      {m + "map elem=f64\n", "2:10", "one of u64, str, unit, big, fat, obj", "'f64'"},
      {m + "map seed=1 key=u64 seed=2\n", "2:20", "each field only once", "'seed'"},
      {m + "map seed=4294967296\n", "2:10", "a number from 0 to 4294967295", "'4294967296'"},
      {m + "map seed=-1\n", "2:10", "a number from 0 to 4294967295", "'-1'"},
      {m + "map seed=+1\n", "2:10", "a number from 0 to 4294967295", "'+1'"},
      {m + "map seed=0x10\n", "2:10", "a number from 0 to 4294967295", "'0x10'"},
      {m + "map hint=8193\n", "2:10", wanted_hint, "'8193'"},
      {m + "map hint=4611686018427387903\n", "2:10", wanted_hint, "'4611686018427387903'"},
      {m + "map hint=9223372036854775808\n", "2:10", wanted_hint, "'9223372036854775808'"},
      {m + "map hint=many\n", "2:10", wanted_hint, "'many'"},
      {m + "map width=9\n", "2:11", "a width from 1 to 8", "'9'"},
      {m + "map policy=go-exact key=obj\n", "2:1", "policy=sound for objects", "'policy=go-exact'"},
      {m + "map width=3\n", "2:1", wanted_rows, "'key=u64 elem=u64 width=3'"},
      {m + "  map elem=unit key=str\n", "2:3", wanted_rows, "'key=str elem=unit width=8'"},
      {m + "map policy=exact\n", "2:12", "one of sound, go-exact", "'exact'"},
      {m + "map off=len,,clear\n", "2:13", wanted_operations, "','"},
      {m + "map off=len,\n", "2:13", wanted_operations, "end of line"},
      {m + "map off=erase\n", "2:9", wanted_operations, "'erase'"},
      {m + "map hash=md5\n", "2:10", "one of mix, identity, constant, low, top, explicit", "'md5'"},
      {m + "map hash=low\n", "2:13", "':'", "end of line"},
      {m + "map hash=low:\n", "2:14", "a number of bits from 0 to 16", "end of line"},
      {m + "map hash=low:17\n", "2:14", "a number of bits from 0 to 16", "'17'"},
      {m + "map hash=top:256\n", "2:14", "a top byte from 0 to 255", "'256'"},
      {m + "map hash=mix:3\n", "2:13", wanted_fields, "':'"},
      // Hash lines.
      {top + "hash 3 = 1:2\n", "3:1", "hash=explicit in the map line before a hash line", "'hash'"},
      {table + "len\nhash 3 = 1:2\n", "4:1", "hash lines only before the first operation",
       "'hash'"},
      {table + "hash 3 = 1:2\nhash 3 = 1:2\n", "4:6", "each key's hash only once", "'3'"},
      {table + "hash 65536 = 1:2\n", "3:6", "a key from 0 to 65535", "'65536'"},
      {table + "hash 3 1:2\n", "3:8", "'='", "'1'"},
      {table + "hash 3 = 256:2\n", "3:10", "a top byte from 0 to 255", "'256'"},
      {table + "hash 3 = 1\n", "3:11", "':'", "end of line"},
      {table + "hash 3 = 1:65536\n", "3:12", "the low bits from 0 to 65535", "'65536'"},
      {table + "hash 3 = 1:2 3\n", "3:14", "end of line", "'3'"},
      // Operations.
      {top + "insert 3 = 10\n", "3:1", wanted_operations, "'insert'"},
      {top + "Len\n", "3:1", wanted_operations, "'Len'"},
      {top + "assign\n", "3:7", "a key from 0 to 65535", "end of line"},
      {top + "assign 65536 = 1\n", "3:8", "a key from 0 to 65535", "'65536'"},
      {top + "assign -1 = 1\n", "3:8", "a key from 0 to 65535", "'-1'"},
      {top + "assign 3 10\n", "3:10", "'='", "'10'"},
      {top + "assign 3\t # = 10\n", "3:9", "'='", "end of line"},
      {top + "assign 3 =\r\n", "3:11", "a value from 0 to 4294967295", "end of line"},
      {top + "assign 3 = 4294967296\n", "3:12", "a value from 0 to 4294967295", "'4294967296'"},
      {top + "assign 3 = 10 20\n", "3:15", "end of line", "'20'"},
      {top + "len 3\n", "3:5", "end of line", "'3'"},
      {top + "delete 3 = 4\n", "3:10", "end of line", "'='"},
      {m + "map key=str\nassign 4096 = 1\n", "3:8", "a key from 0 to 4095", "'4096'"},
      {m + "map elem=unit\nassign 4 = 1\n", "3:12", "a value from 0 to 0", "'1'"},
      {m + "map elem=str\nassign 4 = 4096\n", "3:12", "a value from 0 to 4095", "'4096'"},
      {top + "remake 10000\n", "3:8", wanted_hint, "'10000'"},
      {top + "literal 5 = 4097\n", "3:13", "a number of entries from 0 to 4096", "'4097'"},
      {top + "iter i\n", "3:6", "an iterator from a to h", "'i'"},
      {top + "iter aa\n", "3:6", "an iterator from a to h", "'aa'"},
      {top + "next\n", "3:5", "an iterator from a to h", "end of line"},
      {top + "iter a drow=5\n", "3:8", "'draw' or end of line", "'drow'"},
      {top + "iter a draw 5\n", "3:13", "'='", "'5'"},
      {top + "iter a draw=4294967296\n", "3:13", "a draw from 0 to 4294967295", "'4294967296'"},
      {top + "next a draw=5\n", "3:8", "end of line", "'draw'"},
      {top + "expect-len -1\n", "3:12", "a number from 0 to 4294967295", "'-1'"},
      {top + "expect-phase growing\n", "3:14", "one of quiet, doubling, same-size", "'growing'"},
      // Ids.
      {top + "@5 len\n@5 len\n", "4:1", "an id from @6 to @4294967294", "'@5'"},
      {top + "len\n @0 len\n", "4:2", "an id from @1 to @4294967294", "'@0'"},
      {top + "@ 5 len\n", "3:1", "an id from @0 to @4294967294", "'@'"},
      {top + "@4294967295 len\n", "3:1", "an id from @0 to @4294967294", "'@4294967295'"},
      {top + "@4294967294 len\nlen\n", "4:1", "no operation after id 4294967294", "'len'"},
      {top + "@5\n", "3:3", wanted_operations, "end of line"},
      {top + "@5 @6 len\n", "3:4", wanted_operations, "'@6'"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(error_of(one.text),
              "f:" + one.place + ": expected " + one.expected + ", found " + one.found)
        << one.text;
  }
}

TEST(TextCodec, TheRangeOfEveryKindIsThatOfRepair) {
  for (const Row& row : all_rows()) {
    Program program;
    program.header.key = row.key;
    program.header.elem = row.elem;
    program.header.width = row.width;
    Operation& operation = program.operations.emplace_back();
    operation.code = OpCode::assign;
    // All bits set: reduced to the largest key and value of any kind.
    operation.key = 0xFFFFFFFF;
    operation.value = -1;
    repair(program);
    const std::string text = print_ops(program);
    EXPECT_EQ(parsed(text).program, program);

    ++operation.key;
    EXPECT_NE(error_of(print_ops(program)), "no error") << print_ops(program);
    --operation.key;
    ++operation.value;
    EXPECT_NE(error_of(print_ops(program)), "no error") << print_ops(program);
  }
}

TEST(TextCodec, ManyOperationsAreRefusedAtTheFirstTooMany) {
  std::string text = kTop;
  for (std::size_t i = 0; i < kMaxOperations; ++i) {
    text += "len\n";
  }
  EXPECT_EQ(parsed(text).program.operations.size(), kMaxOperations);
  EXPECT_EQ(error_of(text + " range\n"),
            "f:4099:2: expected at most 4096 operations, found 'range'");
}

TEST(TextCodec, ManyHashLinesAreRefusedAtTheFirstTooMany) {
  std::string text = kExplicitTop;
  for (std::size_t i = 0; i < kMaxExplicitHashes; ++i) {
    text += "hash " + std::to_string(i) + " = 0:0\n";
  }
  EXPECT_EQ(parsed(text).program.header.hash.explicit_hashes.size(), kMaxExplicitHashes);
  EXPECT_EQ(error_of(text + "hash 99 = 0:0\n"),
            "f:67:1: expected at most 64 hash lines, found 'hash'");
}

TEST(TextCodec, WhatWasFoundIsShownInPrintableCharactersAndShort) {
  EXPECT_EQ(error_of("\xEF\xBB\xBFmapfuzz 1\n"),
            "f:1:1: expected 'mapfuzz 1', found '\\xef\\xbb\\xbfmapfuzz'");
  EXPECT_EQ(error_of(std::string_view("\x1b[2J\0", 5)),
            "f:1:1: expected 'mapfuzz 1', found '\\x1b[2J\\x00'");
  EXPECT_EQ(error_of(std::string(5000, 'x')),
            "f:1:1: expected 'mapfuzz 1', found '" + std::string(40, 'x') + "...'");
}

// Damage at random places: what still parses is legal, what does not is refused inside the text.
TEST(TextCodec, DamagedTextIsLegalOrRefusedInsideTheText) {
  constexpr std::string_view characters = "0123456789abehkmx=:,@#- \t\r\n";
  Random random(4);
  std::size_t refused = 0;
  std::size_t accepted = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string text = print_ops(random_program(random));
    for (std::size_t left = 1 + random() % 3; left > 0; --left) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = characters[random() % characters.size()];
          break;
        case 1:
          text.insert(at, 1, characters[random() % characters.size()]);
          break;
        default:
          text.erase(at, 1 + random() % 4);
      }
    }
    const auto result = parse_ops(text);
    if (const auto* error = std::get_if<ParseError>(&result)) {
      ++refused;
      const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
      ASSERT_GE(error->line, 1);
      ASSERT_LE(error->line, lines);
      ASSERT_GE(error->column, 1);
      ASSERT_LE(error->column, text.size() + 1);
      ASSERT_FALSE(error->expected.empty());
      ASSERT_FALSE(error->found.empty());
    } else {
      ++accepted;
      const Program& program = std::get<OpsText>(result).program;
      ASSERT_TRUE(is_legal(program)) << text;
      ASSERT_EQ(canonical(print_ops(program)), print_ops(program)) << text;
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_GT(accepted, 200);
}

}  // namespace
}  // namespace mapfuzz
