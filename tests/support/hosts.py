"""Hosts on one machine: network namespaces on a switch, with cuts that no side is told of.

Needs root, iproute2 and nftables.
"""

import os
import subprocess
import sys


def run(*words):
    try:
        subprocess.run(words, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        sys.exit(f"hosts: '{words[0]}' is not there; tools/test installs it")
    except subprocess.CalledProcessError as failed:
        needs = "" if os.getuid() == 0 else " (it needs root)"
        sys.exit(f"hosts: {' '.join(words)}{needs}: {failed.stderr.strip()}")


class Hosts:
    """Those from 1 to `count`; each is also what `with` ends."""

    def __init__(self, count):
        self.count = count
        self.made = []

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in reversed(self.made):
            subprocess.run(["ip", "netns", "del", name], check=False)

    def build(self):
        switch = self.make("switch")
        run("ip", "-n", switch, "link", "add", "bridge", "type", "bridge")
        run("ip", "-n", switch, "link", "set", "bridge", "up")
        for host in range(1, self.count + 1):
            name, port = self.make(host), f"port{host}"
            run(*f"ip link add eth0 netns {name} type veth peer name {port} netns {switch}".split())
            run("ip", "-n", switch, "link", "set", port, "master", "bridge", "up")
            run("ip", "-n", name, "link", "set", "lo", "up")
            run("ip", "-n", name, "addr", "add", f"{self.address(host)}/24", "dev", "eth0")
            run("ip", "-n", name, "link", "set", "eth0", "up")
            self.nft(host, "add table ip cuts")
            self.nft(host, "add chain ip cuts in { type filter hook input priority 0; }")

    def make(self, part):
        name = self.name(part)
        run("ip", "netns", "add", name)
        self.made.append(name)
        return name

    def name(self, part):
        return f"casty-{os.getpid()}-{part}"

    def address(self, host):
        return f"10.77.0.{host}"

    def command(self, host, *words):
        """What runs the words there."""
        return ["ip", "netns", "exec", self.name(host), *words]

    def nft(self, host, words):
        run(*self.command(host, "nft", words))

    def cut(self, source, target):
        """What one sends does not reach the other any more; the other way is open."""
        self.nft(target, f"add rule ip cuts in ip saddr {self.address(source)} drop")

    def heal(self):
        for host in range(1, self.count + 1):
            self.nft(host, "flush chain ip cuts in")
