#!/usr/bin/env python3
"""Starts a private PostgreSQL server, and runs a command with it.

usage: postgres_server.py FOLDER_OF_ITS_PROGRAMS COMMAND...

The command is given the string to connect with as its last argument.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PATIENCE = 120  # seconds


class PostgresServer:
    """A private one, on a socket in a folder of its own."""

    def __init__(self, programs):
        self.programs = pathlib.Path(programs)
        self.folder = tempfile.TemporaryDirectory()
        self.conninfo = f"host={self.folder.name} user=casty dbname=postgres"
        # It refuses to run as root.
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.folder.name, self.user)
        self.data = self.folder.name + "/data"
        self.run("initdb", "-D", self.data, "-U", "casty", "-A", "trust", "--no-sync", "-E", "UTF8")
        settings = f"-c listen_addresses= -c unix_socket_directories={self.folder.name}"
        self.run("pg_ctl", "-D", self.data, "-w", "-l", self.folder.name + "/log", "-o", settings, "start")

    def run(self, program, *arguments):
        command = [self.programs / program, *arguments]
        subprocess.run(command, check=True, user=self.user, cwd="/", stdout=subprocess.DEVNULL, timeout=PATIENCE)

    def stop(self):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        self.folder.cleanup()

    def journal(self):
        return f"postgres:host={self.folder.name} user=casty dbname=postgres"


def main():
    programs, *command = sys.argv[1:]
    server = PostgresServer(programs)
    try:
        sys.exit(subprocess.run([*command, server.conninfo]).returncode)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
