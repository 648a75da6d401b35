"""What a run was made with: versions, commit, machine, settings. Nothing secret leaves here."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

PACKAGES = (
    "newsdesk",
    "chromadb",
    "ir-measures",
    "langchain",
    "langchain-core",
    "numpy",
    "pytrec-eval-terrier",
    "sentence-transformers",
    "sentencex",
    "torch",
    "transformers",
)
_SECRET = re.compile(r"key|token|secret|password|credential", re.IGNORECASE)


def versions() -> dict[str, str]:
    """The installed versions of Python and of what decides about answers and figures."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str | None:
    """The commit of the checkout this file is tracked in, ``-dirty`` if changed; None outside of one."""
    here = Path(__file__)
    git = shutil.which("git")
    if git is None or _run(git, here, "ls-files", "--error-unmatch", here.name) is None:
        return None
    head = _run(git, here, "rev-parse", "HEAD")
    changed = _run(git, here, "status", "--porcelain", "--untracked-files=no")
    return f"{head}-dirty" if head and changed else head


def _run(git: str, file: Path, *arguments: str) -> str | None:
    command = [git, "-C", str(file.parent), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def machine() -> dict[str, str | int]:
    """The system, the processor, its cores, and the memory in GB."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0
    about: dict[str, str | int] = {"system": f"{platform.system()} {platform.machine()}"}
    about |= {"processor": _processor(), "cores": cores}
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        about["memory_gb"] = round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9)
    return about


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor()


def peak_memory_mb() -> float | None:
    """The largest resident size this process had, in MB; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


def public(settings: Mapping[str, object]) -> dict[str, object]:
    """Settings as they may be shown: secrets hidden, no user name in addresses and paths."""
    return {name: _public(name, value) for name, value in settings.items()}


def _public(name: str, value: object) -> object:
    if _SECRET.search(name):
        return "(hidden)" if value else ""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if isinstance(value, Path):
        home = str(Path.home())
        return text.replace(home, "~", 1) if text.startswith(home) else text
    parts = urlsplit(text) if "://" in text else None
    if parts and (parts.username or parts.password or parts.query):
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return text
