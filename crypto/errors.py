"""Every way the crypto package can say no: one small tree.

Messages name the kind of fault and never the data: no plaintext, no key, no reference,
no account. A failed opening is one error with one sentence, because a reader that says
*which* part was wrong teaches an attacker how to make a part that is right.
"""

__all__ = [
    "CryptoError",
    "EntropyError",
    "KeyFileError",
    "OpenError",
    "PaddingError",
    "SealError",
    "SecretFileError",
    "SignatureError",
    "VaultError",
    "VaultKeyGoneError",
]


class CryptoError(Exception):
    """The root: anything this package refuses."""


class EntropyError(CryptoError):
    """The source of randomness gave something unusable; nothing was made with it."""


class SealError(CryptoError):
    """What was asked to be sealed, or for whom, is not acceptable. Nothing was sealed."""


class OpenError(CryptoError):
    """A sealed file cannot be opened with this key: wrong key, changed, cut, or not one."""

    def __init__(self) -> None:
        super().__init__("this file cannot be opened with this key")


class PaddingError(CryptoError):
    """Bytes are not the one valid padded form of anything."""


class KeyFileError(CryptoError):
    """A key file or public key line is malformed, or the passphrase is wrong."""


class VaultError(CryptoError):
    """Something kept by the server cannot be read back from the place it stands in."""


class VaultKeyGoneError(VaultError):
    """The numbered vault key was destroyed: what it kept has expired, for good."""


class SecretFileError(CryptoError):
    """The server's secret file is malformed."""


class SignatureError(CryptoError):
    """A signature is missing, malformed, or not made by this key over these bytes."""
