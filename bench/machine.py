"""What the figures were measured on."""

import importlib.metadata
import os
import platform
from pathlib import Path

_PACKAGES = ("chdb", "kafka-python", "faust-streaming", "pydantic", "clickhouse-connect", "uvicorn")


def describe() -> dict[str, object]:
    """Cores, memory, processor, and the versions that matter."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "cpu": cpu,
        "memory_gib": round(pages / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "kafka": "4.3.1",
        "load_before": [round(each, 2) for each in os.getloadavg()],
        **{name: importlib.metadata.version(name) for name in _PACKAGES},
    }


def pss_mib(pid: int) -> float:
    """Proportional set size of one process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))]


def spread(values: list[float]) -> dict[str, float]:
    """p50, p99 and the greatest, in the unit given, rounded."""
    return {
        "n": len(values),
        "p50": round(percentile(values, 0.5), 1),
        "p99": round(percentile(values, 0.99), 1),
        "max": round(max(values), 1),
    }
