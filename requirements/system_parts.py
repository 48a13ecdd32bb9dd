"""Names the system parts that some tests need and that are missing here, and what to install.

`make test` asks before pytest starts: a hint on a developer's machine, an error where CI is set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def missing_parts() -> dict[str, str]:
    """Missing part -> Debian package that brings it."""
    missing = {}
    if not any(shutil.which(name) for name in BROWSERS):
        missing["Chromium"] = "chromium"
    fonts = shutil.which("fc-list")
    if fonts is None or not subprocess.run([fonts, ":lang=zh"], capture_output=True, check=False).stdout:
        missing["a Chinese font"] = "fonts-noto-cjk"
    if shutil.which("openssl") is None:
        missing["openssl"] = "openssl"
    return missing


def main() -> None:
    """Say what is missing; status 1 under CI, where nothing may be."""
    missing = missing_parts()
    if not missing:
        return
    packages = " ".join(missing.values())
    print(f"Missing here: {', '.join(missing)}. Install with: apt-get install {packages}", file=sys.stderr)
    if os.environ.get("CI"):
        sys.exit("CI is set: nothing may be missing.")
    print("The tests that need it, of pages or time stamps, are skipped.", file=sys.stderr)


if __name__ == "__main__":
    main()
