"""Private keys that people paste: read, and said in plain words what is wrong with one; and new ones made."""

import base64
import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

_PUBLIC = ("ssh-", "ecdsa-", "sk-", "---- BEGIN SSH2 PUBLIC KEY", "-----BEGIN PUBLIC KEY", "-----BEGIN RSA PUBLIC KEY")
LOCKED = "The key has a passphrase, and nobody is there to type it: give a key without one (`ssh-keygen -p -N ''` takes it off)."
LEAST_RSA = 2048

_Private = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class KeyPair:
    """An SSH key: the private half as OpenSSH writes it, the public half as a forge takes it, and what the public one is called
    (`SHA256:…`)."""

    private: str = field(repr=False)
    public: str
    fingerprint: str


def generate(comment: str) -> KeyPair:
    """A new ed25519 key; `comment` stands at the end of the public half."""
    return _pair(ed25519.Ed25519PrivateKey.generate(), comment)


def read(text: str, comment: str) -> KeyPair:
    """The key in `text` (OpenSSH or PEM). Raises ValueError with a sentence for whoever pasted it."""
    key = _load(text)
    if not isinstance(key, _Private):
        raise ValueError("This kind of key is not for signing in: use ed25519, ECDSA or RSA.")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < LEAST_RSA:
        raise ValueError(f"The RSA key has {key.key_size} bits; servers take {LEAST_RSA} or more. Better make an ed25519 key.")
    return _pair(key, comment)


def app_key(text: str) -> str:
    """The private key of a GitHub App (RSA, PEM) as it was given. Raises ValueError with a sentence."""
    # variables and fields of one line hold a file's line ends as a backslash and an n
    text = text.replace("\\n", "\n")
    if not isinstance(_load(text), rsa.RSAPrivateKey):
        raise ValueError("This is not an App's private key: GitHub makes RSA keys, in a .pem file.")
    return text


def _load(text: str) -> object:
    text = text.replace("\r\n", "\n").strip() + "\n"
    if text.startswith(_PUBLIC):
        raise ValueError("This is the public half. Paste the private one: the file without .pub.")
    if text.startswith("PuTTY-User-Key-File"):
        raise ValueError("This is PuTTY's format: export the key as OpenSSH (PuTTYgen, Conversions).")
    if "ENCRYPTED" in text:
        raise ValueError(LOCKED)
    read_as = serialization.load_ssh_private_key if "BEGIN OPENSSH" in text else serialization.load_pem_private_key
    try:
        return read_as(text.encode(), password=None)
    except TypeError:
        raise ValueError(LOCKED) from None
    except (ValueError, UnsupportedAlgorithm):
        sentence = "This cannot be read as a private key. Paste the whole file, from -----BEGIN to END-----."
        raise ValueError(sentence) from None


def _pair(key: _Private, comment: str) -> KeyPair:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    digest = hashlib.sha256(base64.b64decode(public.split()[1])).digest()
    return KeyPair(private, f"{public} {comment}", f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}")
