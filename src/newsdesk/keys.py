"""Keys of the API: a name, a scope, and the hash of a secret that is shown once.

A key's secret has 256 random bits, so that a plain SHA-256 of it tells nothing; a password is chosen by a person and
is hashed with scrypt instead.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast, get_args

from filelock import FileLock

from newsdesk.errors import BadInput, NotFound

Scope = Literal["read", "write", "admin"]
"""What a key may do: ask and read; also bring articles in and evaluate; also remove articles, and all else."""
SCOPES = get_args(Scope)
SETTING = "NEWSDESK_API_KEYS"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: ``digest`` is the SHA-256 of its secret in hexadecimal digits."""

    name: str
    scope: Scope
    digest: str
    made: str = ""

    def allows(self, needed: Scope) -> bool:
        """Whether its scope covers the one that is needed."""
        return SCOPES.index(self.scope) >= SCOPES.index(needed)


def add(home: Path, name: str, scope: str) -> str:
    """Make a key and keep its hash; its secret, which cannot be told again.

    Raises BadInput for a name in use, or none, and for an unknown scope.
    """
    if scope not in SCOPES:
        raise BadInput(f"{scope!r} is no scope. Known are: {', '.join(SCOPES)}.")
    if not name.strip() or not name.isprintable():
        raise BadInput("A key needs a name, of letters that can be shown.")
    secret = f"nd-{secrets.token_urlsafe(32)}"
    with _changing(home):
        held = stored(home)
        if any(key.name == name for key in held):
            raise BadInput(f"There is a key {name!r} already. Choose another name, or run: newsdesk keys revoke {name}")
        _keep(
            home,
            [*held, Key(name, cast("Scope", scope), digest(secret), datetime.now(UTC).isoformat(timespec="seconds"))],
        )
    return secret


def revoke(home: Path, name: str) -> None:
    """Forget a key: from now on it opens nothing. Raises NotFound."""
    with _changing(home):
        held = stored(home)
        left = [key for key in held if key.name != name]
        if len(left) == len(held):
            raise NotFound(f"There is no key {name!r}. See: newsdesk keys list")
        _keep(home, left)


def stored(home: Path) -> list[Key]:
    """The keys of a data folder, oldest first. Raises BadInput where their file cannot be read."""
    path = home / "keys.json"
    try:
        return [_key(fields) for fields in json.loads(path.read_text("utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path} holds no keys ({type(error).__name__}). Mend it, or move it away.") from None


def given(setting: str) -> list[Key]:
    """The keys of the setting: ``KEY`` reads, ``KEY:write`` and ``KEY:admin`` may more. Raises BadInput."""
    return [_of_setting(number, text.strip()) for number, text in enumerate(setting.split(","), 1) if text.strip()]


def find(secret: str, keys: Sequence[Key]) -> Key | None:
    """The key of that secret. Every key is compared to its end: the time taken does not tell how near a guess is."""
    wanted = digest(secret)
    found = None
    for key in keys:
        if hmac.compare_digest(key.digest, wanted):
            found = key
    return found


def digest(secret: str) -> str:
    """The SHA-256 of a secret, in hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def hash_password(password: str) -> str:
    """A password as it may be kept: ``scrypt$salt$hash``."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_text(salt)}${_text(_scrypt(password, salt))}"


def is_password(password: str, kept: str) -> bool:
    """Whether it is the password that was kept, plain or hashed."""
    if not kept.startswith("scrypt$"):
        return hmac.compare_digest(digest(password), digest(kept))
    try:
        _, salt, wanted = kept.split("$")
        return hmac.compare_digest(_scrypt(password, base64.b64decode(salt)), base64.b64decode(wanted))
    except ValueError:
        raise BadInput(
            "The hash in NEWSDESK_LOGIN is not whole. Make it anew: newsdesk keys hash; "
            "and mind that a shell takes $ for a variable outside of single quotes."
        ) from None


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=2**14, r=8, p=1)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _of_setting(number: int, text: str) -> Key:
    secret, colon, scope = text.rpartition(":")
    if not colon:
        secret, scope = text, "read"
    if scope not in SCOPES or len(secret) < 16:
        raise BadInput(
            f"{SETTING}: key {number} must have 16 characters or more, and after a colon read, write or admin."
        )
    return Key(f"setting-{number}", cast("Scope", scope), digest(secret))


def _key(fields: dict[str, str]) -> Key:
    if fields["scope"] not in SCOPES:
        raise ValueError("scope")
    return Key(fields["name"], cast("Scope", fields["scope"]), fields["digest"], fields["made"])


def _changing(home: Path) -> FileLock:
    home.mkdir(parents=True, exist_ok=True)
    return FileLock(home / "keys.json.lock")


def _keep(home: Path, keys: Sequence[Key]) -> None:
    """Write the file whole or not at all, for its owner's eyes alone."""
    partial = home / "keys.json.partial"
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        json.dump([asdict(key) for key in keys], stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, home / "keys.json")
