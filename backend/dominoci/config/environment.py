"""Values as the environment has them, checked: texts, lists, choices, numbers, addresses."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dominoci.config.table import BY_NAME


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and says what to do."""


def base_address(text: str) -> str:
    if not is_base(text):
        raise SettingsError("DOMINOCI_URL (--url) must be http:// or https:// with a host, without user, password or query")
    return text.rstrip("/").removesuffix("/api/v1")


def is_base(text: str) -> bool:
    """Whether addresses can be made by writing a path behind it."""
    try:
        parts = urlsplit(text)
        usable = bool(parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:
        return False
    return usable and not ("@" in parts.netloc or parts.query or parts.fragment or not text.isprintable() or " " in text)


def bearer(text: str) -> str:
    """Never repeats the text: a wrong token is often another secret."""
    if not text:
        raise SettingsError(
            "a token is needed: DOMINOCI_TOKEN or DOMINOCI_TOKEN_FILE (`dominoci token create --user NAME` prints one)"
        )
    if not text.isascii() or not text.isprintable() or " " in text:
        raise SettingsError("DOMINOCI_TOKEN (--token) must be one word of printable ASCII")
    return text


def text_of(env: Mapping[str, str], name: str) -> str:
    if path := env.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as e:
            raise SettingsError(f"{name}_FILE: cannot read {path} ({e.strerror})") from e
    known = BY_NAME.get(name)
    return env.get(name, "").strip() or (known.default if known else "")


def list_of(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text_of(env, name).split(",") if part.strip())


def choice_of(env: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    text = text_of(env, name).lower()
    if text not in words:
        raise SettingsError(f"{name} must be one of {', '.join(words)}, not {text!r}")
    return text


def number_of(env: Mapping[str, str], name: str, low: int, high: int) -> int:
    text = text_of(env, name)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
