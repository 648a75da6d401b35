"""Take the pictures of the page anew, from a newsdesk that serves the seeds: python docs/images/take.py [ADDRESS]"""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, TimeoutError, ViewportSize, sync_playwright

Scheme = Literal["light", "dark"]

HERE = Path(__file__).parent
SIZES: dict[str, ViewportSize] = {"laptop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
QUESTION = "where were the targets?"


def take(browser: Browser, address: str, size: ViewportSize, scheme: Scheme) -> bytes:
    """Ask, wait for what may be asked next, and where there is room for both open the first quote."""
    context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=2)
    page = context.new_page()
    page.goto(address)
    box = page.get_by_role("textbox", name="Your question")
    box.fill(QUESTION)
    box.press("Enter")
    page.locator(".answer").wait_for()
    with suppress(TimeoutError):  # not every answer has suggestions
        page.locator("#after .examples").wait_for(timeout=15_000)
    if size["width"] > 1000:
        page.locator(".marker").first.click()
        page.locator("mark.active:focus").wait_for()
    picture = page.screenshot(animations="disabled")
    context.close()
    return picture


def main(address: str = "http://127.0.0.1:7860/") -> None:
    """Write a picture for each size and scheme beside this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, size in SIZES.items():
            for scheme in SCHEMES:
                picture = Image.open(io.BytesIO(take(browser, address, size, scheme)))
                picture.quantize(64).save(HERE / f"{name}-{scheme}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
