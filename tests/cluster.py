"""A real Spark cluster on this computer: a standalone master, two workers, and a Connect server before them."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PATIENCE = 60
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"


@dataclass
class Cluster:
    """A cluster that is up; every process leads a group of its own, so that what it starts ends with it."""

    address: str
    master: str
    ui: str
    server: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]

    def alive_workers(self) -> int:
        return int(_json(f"{self.master}/json/")["aliveworkers"])

    def executors(self) -> int:
        """How many processes of workers have computed, or do."""
        return len([each for each in self._said("allexecutors") if each["id"] != "driver"])

    def kept(self) -> list[Any]:
        """What is persisted in the cluster."""
        return list(self._said("storage/rdd"))

    def _said(self, what: str) -> Any:
        (application,) = _json(f"{self.ui}/api/v1/applications")
        return _json(f"{self.ui}/api/v1/applications/{application['id']}/{what}")


def lacking() -> str | None:
    """Return why no cluster can be started here, or nothing."""
    if shutil.which("java") is None:
        return "there is no java"
    if _home() is None:
        return "the package pyspark is not installed: pip install --group spark"
    return None


def _home() -> Path | None:
    found = importlib.util.find_spec("pyspark")
    home = Path(found.origin).parent if found and found.origin else None
    # The package pyspark-client has the same modules, and no Spark.
    return home if home and (home / "jars").is_dir() else None


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a cluster whose files go to a folder, and kill all of it in the end, whatever happened."""
    home = _home()
    assert home is not None
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": "1g",
        "SPARK_DAEMON_JAVA_OPTS": "-Dspark.worker.timeout=10 -Dspark.master.rest.enabled=false",
        "PYSPARK_PYTHON": sys.executable,
    }

    def start(name: str, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [home / "bin" / program, *arguments],
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        ends.callback(end, process)
        return process

    def wait(name: str, process: subprocess.Popen[bytes], port: int) -> None:
        def listening() -> bool:
            assert process.poll() is None, (folder / f"{name}.log").read_text(encoding="utf-8")[-3000:]
            return listens(port)

        until(listening)

    with ExitStack() as ends:
        deploy = "org.apache.spark.deploy"
        port, page = free_port(), free_port()
        url, pages = f"spark://{HOST}:{port}", f"http://{HOST}:{page}"
        at = ("--host", HOST, "--port", str(port), "--webui-port", str(page))
        wait("master", start("master", "spark-class", f"{deploy}.master.Master", *at), page)
        started = [
            start(
                f"worker{number}",
                *("spark-class", f"{deploy}.worker.Worker", "--host", HOST, "--webui-port", str(free_port())),
                *("--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work{number}"), url),
            )
            for number in range(workers)
        ]
        until(lambda: _json(f"{pages}/json/").get("aliveworkers") == workers)
        connect, ui = free_port(), free_port()
        settings = {
            "spark.connect.grpc.binding.address": HOST,
            "spark.connect.grpc.binding.port": connect,
            "spark.driver.host": HOST,
            "spark.driver.bindAddress": HOST,
            "spark.executor.memory": "1g",
            "spark.cores.max": workers,
            "spark.sql.shuffle.partitions": 2,
            "spark.ui.port": ui,
            "spark.sql.warehouse.dir": folder / "warehouse",
        }
        options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        server = start("connect", "spark-submit", "--class", CONNECT, "--master", url, *options)

        wait("connect", server, connect)
        yield Cluster(f"sc://{HOST}:{connect}", pages, f"http://{HOST}:{ui}", server, started)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def until(look: Callable[[], Any]) -> Any:
    """Look until there is something, and return it."""
    ends = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < ends, "nothing came of it"
        time.sleep(0.2)
    return found


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _json(address: str) -> Any:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)
    except OSError:
        # A page is up before all of it is.
        return {}
