"""A Spark cluster as the engine, through Spark Connect: nothing of Java is needed here."""

from __future__ import annotations

import re
import shutil
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from loyalty.engine.typed import TypedOrders, file_address
from loyalty.errors import EngineFailed, ExtraMissing, UsageError

if TYPE_CHECKING:
    from loyalty.engine.portable import Frame

ADDRESS = re.compile(r"sc://(?P<host>[^/:;]+)(?::(?P<port>\d+))?(?:/.*)?")
PORT = 15002
PATIENCE = 10
"""Seconds in which a server has to take a connection."""


@contextmanager
def spark(address: str) -> Iterator[Any]:
    """Connect to the server at ``sc://host:port`` and return it as an :class:`loyalty.engine.portable.Engine`.

    Raises:
        UsageError: no such address.
        ExtraMissing: the packages are not installed.
        EngineFailed: nothing answers there, or the server gave up; in its own words.
    """
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise UsageError(
            f"--engine: {address!r} is no engine",
            hint="Write local for this machine, or the address of a Spark Connect server: sc://host:15002.",
        )
    with warnings.catch_warnings():
        # Spark tells of versions it would like better, and of every retry; what matters is told by the error.
        warnings.simplefilter("ignore")
        with _connected(address, found["host"], int(found["port"] or PORT)) as engine:
            yield engine


@contextmanager
def _connected(address: str, host: str, port: int) -> Iterator[Any]:
    try:
        import narwhals  # noqa: F401, PLC0415  of the extra, and not needed on this machine alone
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415
        from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise ExtraMissing(
            f"--engine {address} needs packages that are not installed: {error}",
            hint="Type pip install 'loyalty-metrics[spark]'.",
        ) from error
    from loyalty.engine.portable import Engine  # noqa: PLC0415

    _refuse_silence(address, host, port)
    try:
        session = SparkSession.builder.remote(address).create()
        # Again after 0.5, 1, 2 and 4 seconds, where Spark itself would try for ten minutes.
        policy = DefaultPolicy(max_retries=4, initial_backoff=500, backoff_multiplier=2)
        session.client.set_retry_policies([policy])
        there = _Cluster(session)
        try:
            _ask(session, address)
            yield Engine(there.scan, there.keep, there.bring, there.deliver)
        finally:
            there.leave()
    except PySparkException as error:
        raise EngineFailed(
            f"{address}: Spark gave up: {_in_words(error)}",
            hint="The server's log says more. The files must be where every worker can read them.",
        ) from error


class _Cluster:
    """What a session can be asked for."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._kept: list[Any] = []
        self._reached: dict[Path, bool] = {}

    def scan(self, typed: TypedOrders) -> Frame:
        self._session.conf.set("spark.sql.session.timeZone", typed.timezone)
        rows = self._session.read.parquet(*typed.paths)
        # By place: two headers may differ in their case alone, or hold a point.
        return self._framed(rows.toDF(*(f"c{place}" for place in range(typed.width))))

    def keep(self, frame: Frame) -> Frame:
        kept = frame.to_native().persist()
        self._kept.append(kept)
        return self._framed(kept)

    def bring(self, frame: Frame) -> pl.DataFrame:
        found: pl.DataFrame = frame.collect("polars").to_native()
        return found

    def deliver(self, frame: Frame, folder: Path) -> pl.DataFrame:
        """Have the workers write the result, where they reach the folder; all of it need then fit no driver."""
        if folder.parent not in self._reached:
            self._reached[folder.parent] = self._reaches(folder)
        if not self._reached[folder.parent]:
            return self.bring(frame)
        try:
            frame.to_native().write.parquet(file_address(folder))
        except KeyboardInterrupt:
            # It would go on writing into a folder that is removed meanwhile.
            self._session.interruptAll()
            raise
        return _written(folder)

    def leave(self) -> None:
        """Let go of what is kept, which the cluster would hold on to after the session, and end that."""
        from pyspark.errors import PySparkException  # noqa: PLC0415

        self._session.client.set_retry_policies([])
        with suppress(PySparkException):
            for kept in self._kept:
                kept.unpersist()
        self._session.stop()

    def _reaches(self, folder: Path) -> bool:
        """Return whether the workers read what is written here, and this machine what they write."""
        from pyspark.errors import PySparkException  # noqa: PLC0415

        ours, theirs = folder / "ours", folder / "theirs"
        try:
            ours.mkdir(parents=True)
            pl.DataFrame({"mark": [1]}).write_parquet(ours / "mark.parquet")
            # Where they do not see the first folder, nothing is written on their disks.
            self._session.read.parquet(file_address(ours)).write.parquet(file_address(theirs))
            reached = _written(theirs).height == 1
            shutil.rmtree(folder)
        except (OSError, PySparkException, pl.exceptions.PolarsError):
            return False
        return reached

    def _framed(self, rows: Any) -> Frame:
        import narwhals as nw  # noqa: PLC0415

        framed: Frame = nw.from_native(rows)
        return framed


def _written(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(sorted(folder.glob("*.parquet")), glob=False, hive_partitioning=False)


def _refuse_silence(address: str, host: str, port: int) -> None:
    try:
        socket.create_connection((host, port), PATIENCE).close()
    except OSError as error:
        raise _silent(address, error.strerror or str(error)) from error


def _ask(session: Any, address: str) -> None:
    """Ask the server anything: something else may listen there."""
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        session.version  # noqa: B018
    except PySparkException as error:
        raise _silent(address, _in_words(error)) from error


def _silent(address: str, why: str) -> EngineFailed:
    return EngineFailed(
        f"{address}: no Spark Connect server answers there: {why}",
        hint="Start it with sbin/start-connect-server.sh, or leave out --engine: this machine then does the work.",
    )


def _in_words(error: Exception) -> str:
    """Return the first line of what Spark says; of a connection that is gone, what its library says of it."""
    said = str(error).strip()
    lost = re.search(r'details = "(.*)"', said)
    return lost[1] if lost else said.split("\n", 1)[0]
