"""A Spark cluster as the engine, through Spark Connect: nothing of Java is needed here."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl

from loyalty.engine.typed import TypedOrders
from loyalty.errors import EngineFailed, ExtraMissing, UsageError

ADDRESS = re.compile(r"sc://(?P<host>[^/:;]+)(?::(?P<port>\d+))?(?:/.*)?")
PORT = 15002
PATIENCE = 10
"""Seconds after which a server that does not answer is held to be away; Spark itself would try for minutes."""


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
    try:
        import narwhals as nw  # noqa: PLC0415  of the extra, and not needed on this machine alone
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise ExtraMissing(
            f"--engine {address} needs packages that are not installed: {error}",
            hint="Type pip install 'loyalty-metrics[spark]'.",
        ) from error
    from loyalty.engine.portable import Engine, Frame  # noqa: PLC0415

    _refuse_silence(address, found["host"], int(found["port"] or PORT))

    def scan(typed: TypedOrders) -> Frame:
        session.conf.set("spark.sql.session.timeZone", typed.timezone)
        rows = session.read.parquet(*typed.paths)
        # By place: two headers may differ in their case alone, or hold a point.
        placed: Frame = nw.from_native(rows.toDF(*(f"c{place}" for place in range(typed.width))))
        return placed

    def keep(frame: Frame) -> Frame:
        held: Frame = nw.from_native(frame.to_native().persist())
        return held

    def bring(frame: Frame) -> pl.DataFrame:
        found: pl.DataFrame = frame.collect("polars").to_native()
        return found

    try:
        session = SparkSession.builder.remote(address).create()
        try:
            yield Engine(scan, keep, bring)
        finally:
            session.stop()
    except PySparkException as error:
        said = str(error).strip().split("\n", 1)[0]
        raise EngineFailed(
            f"{address}: Spark gave up: {said}",
            hint="The server's log says more. The files must be where every worker can read them.",
        ) from error


def _refuse_silence(address: str, host: str, port: int) -> None:
    try:
        socket.create_connection((host, port), PATIENCE).close()
    except OSError as error:
        raise EngineFailed(
            f"{address}: no Spark Connect server answers there: {error.strerror or error}",
            hint="Start it with sbin/start-connect-server.sh, or leave out --engine: this machine then does the work.",
        ) from error
