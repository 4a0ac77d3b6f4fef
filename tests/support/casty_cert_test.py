#!/usr/bin/env python3
"""Checks that tools/casty-cert makes certificates that openssl accepts, and refuses the rest.

usage: casty_cert_test.py CASTY_CERT
"""

import pathlib
import subprocess
import sys
import tempfile

CASTY_CERT = pathlib.Path(sys.argv[1]).resolve()

# The call, where the folder `old` has a CA and the node a; its status, and a word of what it says.
BAD = [
    ([], 2, "required: ca|node"),
    (["ca"], 2, "required: DIR"),
    (["ca", "old"], 1, "old/ca.key is there already; --force"),
    (["ca", "old/ca.pem/x"], 1, "Not a directory"),
    (["ca", "new", "--days", "0"], 2, "'0' is no number of days"),
    (["ca", "new", "--days", "-1"], 2, "--days"),
    (["ca", "new", "--name", "a\nb"], 2, "is no name"),
    (["node", "old", "b"], 2, "required: --host"),
    (["node", "none", "b", "--host", "b"], 1, "none/ca.pem is not there: begin with"),
    (["node", "old", "a", "--host", "a"], 1, "old/a.key is there already; --force"),
    (["node", "old", "ca", "--host", "a"], 2, "'ca' is no name"),
    (["node", "old", "../b", "--host", "a"], 2, "'../b' is no name"),
    (["node", "old", "b", "--host", "a:1"], 1, "'a:1' is no name of a host"),
    (["node", "old", "b", "--host", "fe80::1%eth0"], 1, "no IP address"),
    (["node", "old", "b", "--host", "a, IP:1.2.3.4"], 1, "is no name of a host"),
    (["node", "old", "b", "--host", ""], 1, "'' is no name of a host"),
    (["node", "broken", "b", "--host", "b"], 1, "openssl x509"),
]


def run(folder, *words):
    done = subprocess.run(
        [sys.executable, CASTY_CERT, *words], cwd=folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def openssl(folder, *words):
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr


def names_in(folder):
    return {path.name for path in (folder / "old").iterdir()}


def good(folder):
    """What is wrong with what is made."""
    if run(folder, "ca", "old") != (0, "old/ca.key\nold/ca.pem\n"):
        yield "no CA is made"
    hosts = ["--host", "a.example.org", "--host", "10.0.0.1", "--host", "[::1]"]
    if run(folder, "node", "old", "a", *hosts) != (0, "old/a.key\nold/a.pem\n"):
        yield "no certificate is made"
    if names_in(folder) != {"ca.key", "ca.pem", "a.key", "a.pem"}:
        yield f"other files are there: {names_in(folder)}"
    for key in ("ca.key", "a.key"):
        mode = (folder / "old" / key).stat().st_mode & 0o777
        if mode != 0o600:
            yield f"{key} has the mode {mode:o}"
    verify = ["verify", "-x509_strict", "-CAfile", "old/ca.pem", "-purpose"]
    for purpose in ("sslserver", "sslclient"):
        if openssl(folder, *verify, purpose, "old/a.pem") != "old/a.pem: OK\n":
            yield f"openssl does not take the certificate for an {purpose}"
    text = openssl(folder, "x509", "-in", "old/a.pem", "-noout", "-text")
    for word in ("P-256", "DNS:a.example.org, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1"):
        if word not in text:
            yield f"'{word}' is not in the certificate"


def forced(folder):
    """What is wrong with what is made in place of something."""
    before = (folder / "old" / "a.pem").read_text()
    run(folder, "node", "old", "a", "--host", "a", "--days", "2", "--force")
    if (folder / "old" / "a.pem").read_text() == before:
        yield "--force does not make another"
    soon = ["x509", "-in", "old/a.pem", "-noout", "-checkend"]
    if "will not expire" not in openssl(folder, *soon, "86400"):
        yield "a certificate of two days ends within one"
    if "will expire" not in openssl(folder, *soon, "172801"):
        yield "a certificate of two days lasts longer"


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wrong += good(folder)
        (folder / "broken").mkdir()
        for part in ("ca.pem", "ca.key"):
            (folder / "broken" / part).write_text("nothing")
        before = names_in(folder)
        for words, wanted, word in BAD:
            status, output = run(folder, *words)
            if status != wanted or word not in output or "Traceback" in output:
                wrong.append(f"{words}: status {status}, no '{word}' in\n{output}")
        if names_in(folder) != before or (folder / "new").exists():
            wrong.append("calls that fail leave files")
        wrong += forced(folder)
    print("\n".join(wrong))
    cases = len(BAD) + 3
    print(f"{cases - min(len(wrong), cases)} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


main()
