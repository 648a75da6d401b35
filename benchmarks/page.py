"""How soon the page can be typed into, and how soon its answer is read: a real browser, a server of its own.

    python -m benchmarks.page --home DATA_FOLDER [--json RESULT.json]

Each time a browser with an empty cache opens the page, asks a question, and waits for the answer. Needs
what the tests need: playwright and Debian's chromium.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.load import URL, server
from newsdesk.evaluate.machine import commit, machine

TIMES = 7
QUESTION = "where were the targets?"


def opened(browser: Browser) -> tuple[float, float]:
    """Seconds from opening the page until it can be typed into, and from asking until the answer is there."""
    page = browser.new_context().new_page()
    begun = time.perf_counter()
    page.goto(URL)
    box = page.locator("#box textarea")
    box.fill(QUESTION)
    ready = time.perf_counter()
    page.keyboard.press("Enter")
    page.locator(".turn .answer").wait_for()
    answered = time.perf_counter()
    page.context.close()
    return ready - begun, answered - ready


def main() -> None:
    """Measure, show and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/page.json"))
    given = parser.parse_args()
    with server(given.home, batching=True, at_once=8), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        opened(browser)
        times = [opened(browser) for _ in range(TIMES)]
        browser.close()
    ready, answered = ([round(seconds, 2) for seconds in column] for column in zip(*times, strict=True))
    found = {
        "commit": commit(),
        "machine": machine(),
        "seconds_until_ready": {"median": median(ready), "each": ready},
        "seconds_until_answered": {"median": median(answered), "each": answered},
    }
    given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
