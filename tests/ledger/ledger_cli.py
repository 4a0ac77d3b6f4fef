#!/usr/bin/env python3
"""Runs the ledger as its users do: files, pipes, signals, full disks.

usage: ledger_cli.py LEDGER [TEST...]
"""

import hashlib
import itertools
import os
import pathlib
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from postgres_server import PostgresServer  # noqa: E402

LEDGER = None
DATA = pathlib.Path(__file__).resolve().parent / "data"
HEADER = b"id,kind,account,amount_cents,other_account\n"
PATIENCE = 120  # seconds, for a machine that does other things as well
LARGEST = 2**63 - 1


def values_of(summary):
    """The summary as (name, value) pairs, without what depends on the clock."""
    pairs = [tuple(line.split(": ", 1)) for line in summary.decode().splitlines()]
    return [pair for pair in pairs if pair[0] not in ("seconds", "transactions_per_second")]


class LedgerTest(unittest.TestCase):
    JOURNAL = "memory"  # of runs that do not name one; None: as it is for users

    def command(self, *arguments):
        words = [str(each) for each in arguments]
        if self.JOURNAL and words[:1] == ["run"] and "--journal" not in words:
            words[1:1] = ["--journal", self.JOURNAL]
        return [LEDGER, *words]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ledger(self, *arguments, **options):
        command = self.command(*arguments)
        options = {"capture_output": True, "cwd": self.folder, "timeout": PATIENCE, **options}
        return subprocess.run(command, check=False, **options)

    def start(self, *arguments, **options):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": self.folder}
        process = subprocess.Popen(self.command(*arguments), **{**pipes, **options})
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()

    def put(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    def assert_exit(self, done, code):
        self.assertEqual(done.returncode, code, done.stderr.decode(errors="replace"))

    def assert_error(self, done, *texts):
        self.assert_exit(done, 2)
        self.assertEqual(done.stdout, b"")
        for text in ("ledger: ", *texts):
            self.assertIn(text, done.stderr.decode())


class HandWritten(LedgerTest):
    """The files of data/ come to the balances, rejects and summaries beside them."""

    def check(self, name, workers):
        source = self.put("in.csv", (DATA / f"{name}.csv").read_bytes())
        expected_rejects = DATA / f"{name}.rejects.csv"
        done = self.ledger("run", source, "--workers", workers, "--balances", "out.csv", "--verify")
        self.assert_exit(done, 0)
        self.assertEqual(values_of(done.stdout), values_of((DATA / f"{name}.summary.txt").read_bytes()))
        self.assertEqual((self.folder / "out.csv").read_bytes(), (DATA / f"{name}.balances.csv").read_bytes())
        if expected_rejects.exists():
            self.assertEqual((self.folder / "in.csv.rejects.csv").read_bytes(), expected_rejects.read_bytes())
        else:
            self.assertEqual(self.files(), ["in.csv", "out.csv"])

    def test_all(self):
        names = [path.name.removesuffix(".summary.txt") for path in DATA.glob("*.summary.txt")]
        self.assertGreaterEqual(len(names), 4)
        for name in names:
            for workers in (1, 2):
                with self.subTest(name=name, workers=workers):
                    self.check(name, workers)


def is_account(text):
    return text != "" and not any(ord(each) < 32 or 127 <= ord(each) < 160 for each in text)


def number(text):
    digits = text.isascii() and text.isdigit()
    return int(text) if digits and 1 <= int(text) <= LARGEST else None


class Reference:
    """The issue's rules once more: lines in, balances and rejects out."""

    def __init__(self):
        self.balances, self.last_id, self.settled, self.refused, self.rejects = {}, 0, 0, 0, []

    def reason(self, raw):
        if len(raw) > 65536:
            return "too_long"
        try:
            fields = raw.decode("utf-8").split(",")
        except UnicodeDecodeError:
            return "not_utf8"
        if len(fields) != 5:
            return "column_count"
        if number(fields[0]) is None:
            return "bad_id"
        if number(fields[0]) <= self.last_id:
            return "id_not_increasing"
        if fields[1] not in ("deposit", "withdraw", "transfer"):
            return "unknown_kind"
        if not is_account(fields[2]):
            return "bad_account"
        if number(fields[3]) is None:
            return "bad_amount"
        if not is_account(fields[4]) if fields[1] == "transfer" else fields[4] != "":
            return "bad_other_account"
        if fields[1] == "transfer" and fields[2] == fields[4]:
            return "same_account"
        self.last_id = number(fields[0])
        self.settle(fields[1], fields[2], number(fields[3]), fields[4])
        return None

    def settle(self, kind, account, cents, other):
        after = dict.fromkeys([account, other] if kind == "transfer" else [account])
        for each in after:
            gains = kind == "deposit" or each == other
            after[each] = self.balances.get(each, 0) + (cents if gains else -cents)
        if all(0 <= cents <= LARGEST for cents in after.values()):
            self.balances.update(after)
            self.settled += 1
        else:
            self.refused += 1

    @staticmethod
    def shown(raw):
        # With "ignore" a stump at the cut would be lost, also one that is no character's.
        whole = raw[:200].decode("utf-8", "surrogateescape")
        longer = raw[:204].decode("utf-8", "surrogateescape")
        while not longer.startswith(whole):
            whole = whole[:-1]
        text = ""
        for each in whole:
            raw_bytes = each.encode("utf-8", "surrogateescape")
            plain = is_account(each) and each != "\\" and not 0xDC80 <= ord(each) <= 0xDCFF
            text += each if plain else "".join(f"\\x{byte:02X}" for byte in raw_bytes)
        return text.encode()

    def read(self, content):
        lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        last = lines.pop()
        lines = [line.removesuffix(b"\r") for line in lines] + ([last] if last else [])
        for position, raw in enumerate(lines[1:], start=2):
            reason = self.reason(raw) if raw else None
            if reason:
                self.rejects.append(b"%d,%s,%s\n" % (position, reason.encode(), self.shown(raw)))

    def rejects_file(self):
        return b"line,reason,text\n" + b"".join(self.rejects)

    def balances_file(self):
        rows = sorted((account.encode(), cents) for account, cents in self.balances.items())
        return b"account,balance_cents\n" + b"".join(b"%s,%d\n" % row for row in rows)


def garbage(chance, next_id):
    """A line that is probably wrong, of any kind."""
    pieces = [b",", b"", b"0", b"-1", b"9223372036854775807", b"9223372036854775808", b"\t", b"\0", b"\x7f",
              b"\xc2\x85", b"\xc3\xbc", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xff", b"\\", b'"',
              b"\r", b"deposit", b"transfer", b"x" * 190, b"\xe2\x82\xac" * 70]  # fmt: skip
    kind = chance.randrange(5)
    if kind == 0:
        return bytes(each for each in chance.randbytes(chance.randrange(300)) if each != 10)
    if kind == 1:
        return chance.choice([b"", b"\r", b"x" * chance.randrange(65530, 65545), b"\xc3" * 70000, b"," * 70000])
    fields = [b"%d" % next_id, b"transfer", b"anna", b"5", b"bert"]
    for _ in range(chance.randrange(1, 4)):
        fields[chance.randrange(5)] = b"".join(chance.choices(pieces, k=chance.randrange(1, 3)))
    return b",".join(fields)


class Garbage(LedgerTest):
    def file_with_garbage(self, chance, lines):
        accounts = [b"anna", b"bert", b"J\xc3\xbcrgen", b"\xe2\x82\xac", b"anna "]
        content, next_id = [], 0
        for _ in range(lines):
            next_id += chance.randrange(1, 3)
            if chance.random() < 0.4:
                content.append(garbage(chance, next_id))
                continue
            kind = chance.choice([b"deposit", b"withdraw", b"transfer"])
            sender, receiver = chance.sample(accounts, 2)
            other = receiver if kind == b"transfer" else b""
            content.append(b"%d,%s,%s,%d,%s" % (next_id, kind, sender, chance.randrange(1, 500), other))
        ends = chance.choices([b"\n", b"\r\n"], k=lines)
        return b"\xef\xbb\xbf" + HEADER + b"".join(map(bytes.__add__, content, ends)) + b"7,no end\r"

    def test_gives_exactly_the_right_rejects(self):
        for seed in range(6):
            with self.subTest(seed=seed):
                content = self.file_with_garbage(random.Random(seed), 1500)
                reference = Reference()
                reference.read(content)
                source = self.put("in.csv", content)
                done = self.ledger("run", source, "--workers", 1 + seed % 2, "--balances", "out.csv", "--verify")
                self.assert_exit(done, 0)
                summary = dict(values_of(done.stdout))
                self.assertEqual((self.folder / "in.csv.rejects.csv").read_bytes(), reference.rejects_file())
                self.assertEqual((self.folder / "out.csv").read_bytes(), reference.balances_file())
                self.assertEqual(summary["settled"], str(reference.settled))
                self.assertEqual(summary["refused"], str(reference.refused))
                self.assertEqual(summary["rejected"], str(len(reference.rejects)))
                self.assertEqual(summary["total_cents"], str(sum(reference.balances.values())))
                self.assertEqual(summary["verified"], "yes")

    def test_noise_is_no_file_of_transactions(self):
        for seed in range(20):
            self.assert_error(self.ledger("run", self.put("in.csv", random.Random(seed).randbytes(200_000))), "in.csv")
        self.assertEqual(self.files(), ["in.csv"])


class Usage(LedgerTest):
    def test_mistakes_are_told(self):
        self.put("in.csv", HEADER)
        for arguments in (
            [],
            ["settle"],
            ["run"],
            ["run", ""],
            ["run", "in.csv", "more.csv"],
            ["run", "in.csv", "--workers"],
            ["run", "in.csv", "--workers", "0"],
            ["run", "in.csv", "--workers", "-1"],
            ["run", "in.csv", "--workers", "many"],
            ["run", "in.csv", "--balances"],
            ["run", "in.csv", "--balances", "-"],
            ["run", "in.csv", "--balances", ""],
            ["run", "in.csv", "--no-such-option"],
            ["generate"],
            ["generate", "--transactions", "10", "--accounts", "0", "--seed", "1", "out.csv"],
            ["generate", "--transactions", "-1", "--accounts", "1", "--seed", "1", "out.csv"],
            ["generate", "--transactions", "10", "--accounts", "1", "--seed", "1"],
            ["generate", "--transactions", "10", "--accounts", "1", "--seed", "1", ""],
            ["generate", "--transactions", "ten", "--accounts", "1", "--seed", "1", "out.csv"],
        ):
            with self.subTest(arguments=arguments):
                self.assert_error(self.ledger(*arguments))
        self.assertEqual(self.files(), ["in.csv"])

    def test_help_and_version_are_printed(self):
        for arguments, text in (
            (["--help"], "Exit status"),
            (["run", "--help"], "--workers"),
            (["generate", "--help"], "--seed"),
            (["--version"], "ledger "),
        ):
            done = self.ledger(*arguments)
            self.assert_exit(done, 0)
            self.assertIn(text, done.stdout.decode())
            self.assertEqual(done.stderr, b"")

    def test_help_that_cannot_be_printed_is_told(self):
        with open("/dev/full", "wb") as full:
            done = self.ledger("--help", capture_output=False, stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)


class Input(LedgerTest):
    def test_what_cannot_be_read_is_told(self):
        self.assert_error(self.ledger("run", "none.csv"), "none.csv", "No such file")
        self.assert_error(self.ledger("run", self.folder), "directory")
        self.assert_error(self.ledger("run", "-", stdin=subprocess.DEVNULL), "standard input", "empty")

    def test_the_header_is_asked_for(self):
        for content in (b"", b"\n", b"1,deposit,a,1,\n", HEADER[1:], b" " + HEADER, HEADER[:-1] + b",\n", b"x" * 99999):
            with self.subTest(content=content[:50]):
                self.assert_error(self.ledger("run", self.put("in.csv", content)), "in.csv", HEADER.decode().strip())

    def test_no_transactions_are_a_valid_file(self):
        for content in (HEADER, HEADER[:-1], b"\n" + HEADER, b"\xef\xbb\xbf" + HEADER[:-1] + b"\r\n\r\n\n"):
            with self.subTest(content=content):
                done = self.ledger("run", self.put("in.csv", content), "--verify", "--balances", "out.csv")
                self.assert_exit(done, 0)
                self.assertIn(("accounts", "0"), values_of(done.stdout))
                self.assertEqual((self.folder / "out.csv").read_bytes(), b"account,balance_cents\n")

    def test_standard_input_and_fifo_are_verified(self):
        content = HEADER + b"1,deposit,a,5,\n2,transfer,a,3,b\nwrong\n"
        os.mkfifo(self.folder / "fifo")
        piped = self.ledger("run", "-", "--verify", input=content)
        self.assert_exit(piped, 0)
        self.assertEqual((self.folder / "stdin.rejects.csv").read_bytes(), b"line,reason,text\n4,column_count,wrong\n")
        process = self.start("run", "fifo", "--verify", "--rejects", "wrong.csv")
        (self.folder / "fifo").write_bytes(content)
        summary, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(values_of(summary), values_of(piped.stdout))
        self.assertIn(("verified", "yes"), values_of(summary))
        self.assertEqual(self.files(), ["fifo", "stdin.rejects.csv", "wrong.csv"])

    def test_what_comes_in_small_pieces_is_read_whole(self):
        process = self.start("run", "-", "--verify", stdin=subprocess.PIPE)
        for byte in HEADER + b"1,deposit,a,5,\r\n\n2,withdraw,a,2,":
            process.stdin.write(bytes([byte]))
            process.stdin.flush()
        summary, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        self.assertIn(("top", "a 3"), values_of(summary))


class Output(LedgerTest):
    def generate(self, name, transactions=20_000):
        done = self.ledger("generate", "--transactions", transactions, "--accounts", 2000, "--seed", 5, name)
        self.assert_exit(done, 0)
        return done

    def test_workers_make_no_difference(self):
        self.generate("in.csv", 100_000)
        for workers in (1, 2, 4):
            done = self.ledger("run", "in.csv", "--workers", workers, "--balances", f"{workers}.csv", "--verify")
            self.assert_exit(done, 0)
            self.assertIn(("verified", "yes"), values_of(done.stdout))
        contents = {(self.folder / f"{workers}.csv").read_bytes() for workers in (1, 2, 4)}
        self.assertEqual(len(contents), 1)

    def test_generated_bytes_are_the_same_everywhere(self):
        self.generate("out.csv")
        printed = self.generate("-").stdout
        self.assertEqual(printed, (self.folder / "out.csv").read_bytes())
        self.assertEqual(printed.count(b"\n"), 20_001)
        self.assertEqual(
            hashlib.sha256(printed).hexdigest(),
            "de47b570ed7ab43c616d92103441a1431c7ba0fdfbba44f4dbd91154bee5cbc7",
        )

    def test_rejects_of_a_former_run_do_not_survive(self):
        source = self.put("in.csv", HEADER + b"wrong\n")
        self.assert_exit(self.ledger("run", source), 0)
        self.assertEqual(self.files(), ["in.csv", "in.csv.rejects.csv"])
        self.put("in.csv", HEADER)
        self.assert_exit(self.ledger("run", source), 0)
        self.assertEqual(self.files(), ["in.csv"])

    def test_places_that_cannot_be_written_are_told(self):
        source = self.put("in.csv", HEADER + b"1,deposit,a,1,\nwrong\n")
        (self.folder / "link.csv").symlink_to("in.csv")
        os.link(source, self.folder / "hard.csv")
        (self.folder / "folder").mkdir()
        before = self.files()
        for place, text in (
            ("none/out.csv", "No such file"),
            ("folder", "directory"),
            ("in.csv", "it is the input"),
            ("link.csv", "it is the input"),
            ("hard.csv", "it is the input"),
            ("folder/../in.csv.rejects.csv", "rejected lines go there"),
            ("/dev/null", "no regular file"),
            ("/dev/full", "no regular file"),
        ):
            with self.subTest(place=place):
                self.assert_error(self.ledger("run", source, "--balances", place), place, text)
        self.assert_error(self.ledger("run", source, "--rejects", "none/out.csv"), "none/out.csv")
        self.assert_error(self.ledger("run", source, "--rejects", "folder"), "folder")
        self.assert_error(self.ledger("run", source, "--rejects", "in.csv"), "it is the input")
        self.assertEqual(self.files(), before)
        self.assertEqual(source.read_bytes(), HEADER + b"1,deposit,a,1,\nwrong\n")

    def test_a_full_disk_is_told_and_leaves_what_was(self):
        def nearly_full():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

        rows = b"".join(b"%d,deposit,account-%d,1,\nwrong\n" % (row, row) for row in range(1, 500))
        self.put("in.csv", HEADER + rows)
        self.put("out.csv", b"old balances")
        self.put("in.csv.rejects.csv", b"old rejects")
        done = self.ledger("run", "in.csv", "--balances", "out.csv", preexec_fn=nearly_full)
        self.assert_error(done, "cannot write")
        done = self.ledger("run", "in.csv", preexec_fn=nearly_full)
        self.assert_error(done, "cannot write in.csv.rejects.csv")
        generate = ["generate", "--transactions", 1000, "--accounts", 5, "--seed", 1, "out.csv"]
        self.assert_error(self.ledger(*generate, preexec_fn=nearly_full), "cannot write out.csv")
        self.assertEqual(self.files(), ["in.csv", "in.csv.rejects.csv", "out.csv"])
        self.assertEqual((self.folder / "out.csv").read_bytes(), b"old balances")
        self.assertEqual((self.folder / "in.csv.rejects.csv").read_bytes(), b"old rejects")

    def test_full_and_closed_standard_output_are_told(self):
        self.put("in.csv", HEADER)
        generate = ["generate", "--transactions", 100_000, "--accounts", 5, "--seed", 1, "-"]
        for arguments in (["run", "in.csv"], generate):
            with open("/dev/full", "wb") as full:
                done = self.ledger(*arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"cannot write standard output", done.stderr)
            process = self.start(*arguments)
            process.stdout.close()
            self.assertIn(b"cannot write standard output", process.stderr.read())
            process.stderr.close()
            self.assertEqual(process.wait(PATIENCE), 2)


class Journal(LedgerTest):
    """What a run leaves behind, and the next one goes on with."""

    JOURNAL = None
    ROWS = b"1,deposit,anna,100,\n2,transfer,anna,30,bert\nwrong\n3,withdraw,carl,1,\n4,transfer,anna,90,bert\n"

    def run_once(self, *arguments, code=0):
        done = self.ledger("run", "in.csv", *arguments)
        self.assert_exit(done, code)
        return values_of(done.stdout)

    def test_a_finished_input_has_the_same_summary_again(self):
        self.put("in.csv", HEADER + self.ROWS)
        first = self.run_once("--balances", "1.csv")
        rejects = (self.folder / "in.csv.rejects.csv").read_bytes()
        journal = (self.folder / "in.csv.journal.sqlite").read_bytes()
        again = self.run_once("--balances", "2.csv", "--verify")
        self.assertEqual([("verified", "yes") if name == "verified" else (name, value) for name, value in first], again)
        self.assertEqual((self.folder / "1.csv").read_bytes(), (self.folder / "2.csv").read_bytes())
        self.assertEqual((self.folder / "in.csv.rejects.csv").read_bytes(), rejects)
        self.assertEqual((self.folder / "in.csv.journal.sqlite").read_bytes(), journal)

    def test_the_files_of_a_run_are_these(self):
        self.put("in.csv", HEADER + self.ROWS[:20])
        self.run_once()
        self.assertEqual(self.files(), ["in.csv", "in.csv.accounts.sqlite", "in.csv.journal.sqlite"])
        with sqlite3.connect(self.folder / "in.csv.accounts.sqlite") as table:
            self.assertEqual(table.execute("SELECT * FROM top").fetchall(), [("anna", 100)])

    def test_the_table_is_beside_its_journal(self):
        (self.folder / "kept").mkdir()
        self.put("in.csv", HEADER + self.ROWS[:20])
        self.run_once("--journal", "sqlite:kept/j")
        self.assertEqual(self.files(), ["in.csv", "kept"])
        self.assertEqual(sorted(each.name for each in (self.folder / "kept").iterdir()), ["j", "j.accounts.sqlite"])

    def test_verify_looks_at_the_table(self):
        self.put("in.csv", HEADER + self.ROWS)
        self.run_once()
        with sqlite3.connect(self.folder / "in.csv.accounts.sqlite") as table:
            table.execute("UPDATE accounts SET balance_cents = 71 WHERE account = 'anna'")
        table.close()
        done = self.ledger("verify", "in.csv")
        self.assert_exit(done, 1)
        self.assertIn(b"the table in.csv.accounts.sqlite is wrong", done.stderr)
        os.remove(self.folder / "in.csv.accounts.sqlite")
        self.assert_exit(self.ledger("verify", "in.csv"), 0)
        self.assertNotIn("in.csv.accounts.sqlite", self.files())

    def test_nothing_is_written_where_sqlite_writes(self):
        self.put("in.csv", HEADER + self.ROWS)
        for ends in ("journal.sqlite", "journal.sqlite-wal", "accounts.sqlite-shm", "accounts.sqlite-journal"):
            for option in ("--balances", "--rejects"):
                done = self.ledger("run", "in.csv", option, "in.csv." + ends)
                self.assert_error(done, "cannot write in.csv." + ends)

    def test_standard_input_has_many_names(self):
        self.put("in.csv", HEADER + self.ROWS)
        for name in ("-", "/dev/stdin", "/dev/fd/0"):
            with open(self.folder / "in.csv", "rb") as lines:
                done = self.ledger("run", name, stdin=lines)
            self.assert_exit(done, 0)
            self.assertEqual(self.files(), ["in.csv", "stdin.rejects.csv"])

    def test_appended_lines_are_next(self):
        content = HEADER
        for row in self.ROWS.splitlines():
            self.put("in.csv", content + row)  # without its end, which comes with the next
            self.run_once("--verify")
            content += row + b"\n"
        self.put("in.csv", content)
        summary = self.run_once("--verify", "--balances", "out.csv")
        whole = dict(values_of(self.ledger("run", "in.csv", "--journal", "memory").stdout))
        self.assertEqual({**dict(summary), "verified": "not asked"}, whole)
        self.assertEqual((self.folder / "out.csv").read_bytes(), b"account,balance_cents\nanna,70\nbert,30\n")

    def test_changed_lines_are_told_and_settle_nothing(self):
        content = HEADER + self.ROWS
        self.put("in.csv", content)
        self.run_once()
        for changed in (
            content.replace(b"100", b"101"),
            content.replace(b"wrong", b"right"),
            content[:-1],
            content[: len(HEADER)],
            content[:-1] + b"0\n",
        ):
            with self.subTest(changed=changed):
                self.put("in.csv", changed + b"9,deposit,anna,1,\n" * (changed[-1:] == b"\n"))
                done = self.ledger("run", "in.csv")
                self.assert_error(done, "in.csv has changed before line 6", "in.csv.journal.sqlite", "--fresh")
        self.put("in.csv", content)
        self.run_once("--verify")

    def test_fresh_keeps_the_old_one(self):
        self.put("in.csv", HEADER + self.ROWS)
        self.run_once("--fresh")
        self.put("in.csv", HEADER + b"1,deposit,dora,7,\n")
        self.assert_error(self.ledger("run", "in.csv"), "has changed")
        self.assertIn(("top", "dora 7"), self.run_once("--fresh", "--verify"))
        names = ["in.csv", "in.csv.accounts.sqlite", "in.csv.journal.sqlite", "in.csv.journal.sqlite.1"]
        self.assertEqual(self.files(), [*names, "in.csv.rejects.csv"][: len(self.files())])
        old = self.ledger("balance", "in.csv", "anna", "--journal", "sqlite:in.csv.journal.sqlite.1")
        self.assertEqual(old.stdout, b"70\n")

    def test_accounts_are_looked_up(self):
        self.put("in.csv", HEADER + self.ROWS)
        self.run_once()
        head = b"id,kind,amount_cents,other_account,outcome,balance_cents\n"
        for account, rows, balance in (
            ("anna", b"1,deposit,100,,settled,100\n2,transfer,30,bert,settled,70\n4,transfer,90,bert,refused,70\n", 70),
            ("bert", b"2,transfer,30,anna,settled,30\n", 30),
            ("carl", b"3,withdraw,1,,refused,0\n", 0),
        ):
            with self.subTest(account=account):
                self.assertEqual(self.ledger("history", "in.csv", account).stdout, head + rows)
                self.assertEqual(self.ledger("balance", "in.csv", account).stdout, b"%d\n" % balance)
        for command in ("balance", "history"):
            done = self.ledger(command, "in.csv", "nobody")
            self.assert_exit(done, 1)
            self.assertEqual(done.stdout, b"")
            self.assertIn(b"no account nobody", done.stderr)

    def test_what_is_looked_up_must_be_there(self):
        self.put("in.csv", HEADER)
        for arguments in (["balance", "in.csv", "a"], ["history", "in.csv", "a"], ["verify", "in.csv"]):
            self.assert_error(self.ledger(*arguments), "there is no journal at in.csv.journal.sqlite")
            self.assert_error(self.ledger(*arguments, "--journal", "memory"), "in memory")
        self.assertEqual(self.files(), ["in.csv"])

    def test_a_journal_is_verified(self):
        content = HEADER + self.ROWS
        self.put("in.csv", content)
        self.run_once()
        done = self.ledger("verify", "in.csv")
        self.assert_exit(done, 0)
        self.assertIn(("verified", "yes"), values_of(done.stdout))
        self.put("in.csv", content + b"9,deposit,anna,1,\n")
        done = self.ledger("verify", "in.csv")
        self.assert_exit(done, 0)
        self.assertIn(b"lines after 6 are not settled yet", done.stderr)
        self.put("in.csv", content.replace(b"100", b"101"))
        self.assert_error(self.ledger("verify", "in.csv"), "has changed")
        # Somebody has been at the journal.
        self.put("in.csv", content)
        with sqlite3.connect(self.folder / "in.csv.journal.sqlite") as journal:
            journal.execute("DELETE FROM events WHERE entity = (SELECT id FROM entities WHERE name = 'account/bert')")
        journal.close()
        done = self.ledger("verify", "in.csv")
        self.assert_exit(done, 1)
        self.assertIn(("verified", "no"), values_of(done.stdout))
        self.assertIn(b"the transfer 2 is on one side only", done.stderr)

    def test_journals_that_cannot_be_used_are_told(self):
        self.put("in.csv", HEADER + self.ROWS)
        self.put("letter", b"Dear journal, " * 100)
        (self.folder / "folder").mkdir()
        with sqlite3.connect(self.folder / "foreign.sqlite") as foreign:
            foreign.execute("CREATE TABLE cats(name TEXT)")
        foreign.close()
        before = self.files()
        for place, text in (
            ("sqlite:letter", "not a database"),
            ("sqlite:foreign.sqlite", "no journal of casty"),
            ("sqlite:folder", "unable to open"),
            ("sqlite:none/j.sqlite", "unable to open"),
            ("sqlite:in.csv", "it is the input"),
            ("sqlite:in.csv.rejects.csv", "rejected lines go there"),
            ("sqlite:", "none of"),
            ("file.sqlite", "none of"),
            ("postgres:host=/none", "PostgreSQL"),
        ):
            for fresh in ([], ["--fresh"]):
                with self.subTest(place=place, fresh=fresh):
                    self.assert_error(self.ledger("run", "in.csv", "--journal", place, *fresh), text)
        self.put("in.csv.accounts.sqlite", b"Dear table, " * 100)
        self.assert_error(self.ledger("run", "in.csv"), "in.csv.accounts.sqlite", "not a database")
        self.assertEqual(set(self.files()) - set(before), {"in.csv.accounts.sqlite", "in.csv.journal.sqlite"})

    def test_a_second_process_is_refused(self):
        os.mkfifo(self.folder / "fifo")
        process = self.start("run", "fifo", "--journal", "sqlite:j.sqlite")
        with open(self.folder / "fifo", "wb", buffering=0) as fifo:
            fifo.write(HEADER)
            self.put("in.csv", HEADER)
            while not (self.folder / "j.sqlite-wal").exists():
                self.assertIsNone(process.poll())
            for arguments in (["run", "in.csv"], ["run", "in.csv", "--fresh"], ["verify", "in.csv"]):
                self.assert_error(self.ledger(*arguments, "--journal", "sqlite:j.sqlite"), "j.sqlite", "locked")
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)

    def test_a_full_disk_is_told_and_the_next_run_goes_on(self):
        def nearly_full():
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

        rows = b"".join(b"%d,deposit,account-%d,1,\n" % (row, row % 700) for row in range(1, 20_000))
        self.put("in.csv", HEADER + rows)
        done = self.ledger("run", "in.csv", preexec_fn=nearly_full)
        self.assert_error(done, "persisting events", "in.csv.journal.sqlite")
        self.assertIn(("settled", "19999"), self.run_once("--verify"))
        self.assert_exit(self.ledger("verify", "in.csv"), 0)


class Killed(LedgerTest):
    """Whenever a run dies, the next one goes on, and each transaction is there once."""

    JOURNAL = None
    KILLS = int(os.environ.get("CASTY_KILLS", "10"))

    def kill_until_done(self, chance, *journal):
        """Returns how often it was killed. It is given ever more time, to come to its end; now
        and then it is asked to stop in order, also while it goes on after a kill."""
        kills = 0
        for tries in itertools.count():
            process = self.start("run", "in.csv", *journal)
            by = chance.choice([signal.SIGKILL] * 4 + [signal.SIGINT, signal.SIGTERM])
            try:
                process.communicate(timeout=chance.uniform(0, 0.3) * 1.1**tries)
            except subprocess.TimeoutExpired:
                process.send_signal(by)
                process.communicate(timeout=PATIENCE)
                kills += by == signal.SIGKILL
            if process.returncode == 0:
                return kills
            self.assertIn(process.returncode, (-by, 128 + by))

    def check(self, *journal):
        chance, kills = random.Random(5), 0
        for seed in itertools.count():
            generate = ["generate", "--transactions", 100_000, "--accounts", 500, "--seed", seed, "in.csv"]
            self.assert_exit(self.ledger(*generate), 0)
            self.assert_exit(self.ledger("run", "-", "--fresh", *journal, input=HEADER), 0)
            kills += self.kill_until_done(chance, *journal)
            done = self.ledger("run", "in.csv", "--verify", "--balances", "out.csv", *journal)
            self.assert_exit(done, 0)
            whole = self.ledger("run", "in.csv", "--verify", "--balances", "whole.csv", "--journal", "memory")
            self.assertEqual(values_of(done.stdout), values_of(whole.stdout))
            self.assertEqual((self.folder / "out.csv").read_bytes(), (self.folder / "whole.csv").read_bytes())
            verified = self.ledger("verify", "in.csv", *journal)
            self.assert_exit(verified, 0)
            self.assertIn(("verified", "yes"), values_of(verified.stdout))
            if kills >= self.KILLS:
                return

    def test_with_sqlite(self):
        self.check("--journal", "sqlite:j.sqlite")


class Postgres(Killed):
    """The same with a journal in PostgreSQL."""

    def setUp(self):
        super().setUp()
        self.server = PostgresServer(os.environ["CASTY_POSTGRES_BIN"])
        self.addCleanup(self.server.stop)
        self.journal = "postgres:" + self.server.conninfo

    def test_with_sqlite(self):
        self.check("--journal", self.journal)

    def test_passwords_are_not_shown(self):
        secret = ("--journal", self.journal + " password=hunter2")
        self.put("in.csv", HEADER + b"1,deposit,anna,100,\n")
        self.assert_exit(self.ledger("run", "in.csv", *secret), 0)
        self.put("in.csv", HEADER + b"1,deposit,anna,101,\n")
        for done in (self.ledger("run", "in.csv", *secret), self.ledger("balance", "in.csv", "nobody", *secret)):
            self.assertIn(b"postgres:", done.stderr)
            self.assertNotIn(b"hunter2", done.stderr)

    def test_fresh_keeps_the_old_one_and_a_second_process_is_refused(self):
        journal = ("--journal", self.journal)
        self.put("in.csv", HEADER + b"1,deposit,anna,100,\n")
        self.assert_error(self.ledger("verify", "in.csv", *journal), "there is no journal")
        for _ in range(3):
            self.assert_exit(self.ledger("run", "in.csv", "--fresh", *journal), 0)
        self.assertEqual(self.ledger("balance", "in.csv", "anna", *journal).stdout, b"100\n")
        os.mkfifo(self.folder / "fifo")
        process = self.start("run", "fifo", "--fresh", *journal)
        with open(self.folder / "fifo", "wb", buffering=0) as fifo:
            fifo.write(HEADER)
            while not (self.folder / "fifo.accounts.sqlite").exists():
                self.assertIsNone(process.poll())
            self.assert_error(self.ledger("run", "in.csv", *journal), "another process has the journal")
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)


class Progress(LedgerTest):
    def test_is_a_line_where_there_is_no_terminal(self):
        self.put("in.csv", HEADER + b"1,deposit,a,1,\n")
        done = self.ledger("run", "in.csv")
        self.assertRegex(done.stderr.decode(), r"^ledger: settling: 100 %, 2 lines, \d+ a second\n$")

    def test_is_a_bar_on_a_terminal(self):
        self.put("in.csv", HEADER + b"1,deposit,a,1,\n")
        terminal, far_end = os.openpty()
        done = self.ledger("run", "in.csv", capture_output=False, stdout=subprocess.PIPE, stderr=far_end)
        shown = os.read(terminal, 4096)
        os.close(far_end)
        os.close(terminal)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"\rsettling: [########################] 100 %", shown.replace(b"\x1b[K", b""))


class Signals(LedgerTest):
    """Each test knows where the program is by what it has read or written."""

    ENDS = ((signal.SIGINT, 130), (signal.SIGTERM, 143))

    def start_on_fifo(self, *arguments, **options):
        fifo = self.folder / "fifo"
        if not fifo.exists():
            os.mkfifo(fifo)
        process = self.start("run", "fifo", *arguments, **options)
        return process, open(fifo, "wb", buffering=0)  # returns when the ledger has opened it

    def test_a_run_that_waits_for_a_header_stops(self):
        for number, code in self.ENDS:
            process, fifo = self.start_on_fifo()
            with fifo:
                process.send_signal(number)
                _, complaint = process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, code, complaint)

    def test_a_run_that_waits_for_lines_sums_up_and_writes_no_file(self):
        self.put("out.csv", b"old balances")
        self.put("fifo.rejects.csv", b"old rejects")
        rows = b"".join(b"%d,deposit,a,1,\nwrong\n" % row for row in range(1, 20_001))
        for number, code in self.ENDS:
            process, fifo = self.start_on_fifo("--balances", "out.csv", "--verify")
            with fifo:
                fifo.write(HEADER + rows)  # more than a pipe holds: most was read when this returns
                process.send_signal(number)
                summary, complaint = process.communicate(timeout=PATIENCE)
            values = dict(values_of(summary))
            self.assertEqual(process.returncode, code, complaint)
            self.assertIn(b"stopped after line", complaint)
            self.assertGreater(int(values["settled"]), 1000)
            self.assertEqual(values["settled"], values["total_cents"])
            self.assertEqual(values["verified"], "yes")
            self.assertEqual(self.files(), ["fifo", "fifo.rejects.csv", "out.csv"])
            self.assertEqual((self.folder / "out.csv").read_bytes(), b"old balances")
            self.assertEqual((self.folder / "fifo.rejects.csv").read_bytes(), b"old rejects")

    def test_a_background_job_that_ignores_interrupts_stops_too(self):
        def ignore():
            signal.signal(signal.SIGINT, signal.SIG_IGN)

        process, fifo = self.start_on_fifo(preexec_fn=ignore)
        with fifo:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)

    def test_a_generator_whose_reader_sleeps_stops(self):
        arguments = ["generate", "--transactions", 10**12, "--accounts", 5, "--seed", 1, "-"]
        for number, code in self.ENDS:
            process = self.start(*arguments)
            self.assertEqual(process.stdout.read(len(HEADER)), HEADER)
            process.send_signal(number)
            process.stderr.read()
            self.assertEqual(process.wait(PATIENCE), code)

    def test_a_generator_that_stops_leaves_no_file(self):
        process = self.start("generate", "--transactions", 10**12, "--accounts", 5, "--seed", 1, "out.csv")
        self.assertIn(b"generating", process.stderr.readline())  # the first line of progress
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 143)
        self.assertEqual(self.files(), [])


def main():
    global LEDGER
    LEDGER = str(pathlib.Path(sys.argv[1]).resolve())
    if "CASTY_POSTGRES_BIN" not in os.environ:  # built without
        del globals()["Postgres"]
    program = unittest.main(argv=[sys.argv[0], "-v", *sys.argv[2:]], exit=False)
    failed = len(program.result.failures) + len(program.result.errors) + len(program.result.skipped)
    failed = min(failed, program.result.testsRun)
    print(f"{program.result.testsRun - failed} passed, {failed} failed")
    sys.exit(bool(failed) or not program.result.testsRun)


if __name__ == "__main__":
    main()
