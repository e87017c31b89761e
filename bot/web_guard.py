"""What the web door lets in, and the headers under which anything goes out.

**Cross-site posts.** Linnet sets no cookie, so a foreign page has nothing to ride on: without the session token,
which stands only in our own form, a forged post can do no more than begin an empty conversation. It is refused all
the same, and this is what browsers give us to tell by:

* ``Sec-Fetch-Site`` is the main check. Browsers set it, pages cannot, and ``same-origin`` and ``none`` (a reload, an
  address typed in) are ours. It is sent to ``https`` and to ``localhost`` only.
* ``Origin`` is the second. Under ``Referrer-Policy: no-referrer`` browsers write ``Origin: null`` on a form's post
  even to its own site (Fetch Standard, "append a request Origin header"; measured with Chromium 150). So ``null``
  says nothing, and is let through when ``Sec-Fetch-Site`` does not speak against it: refusing it would lock out
  every phone whose browser is older than ``Sec-Fetch-Site``. Any other value must name our own address.
* Text browsers send neither; they are let in.

**Forms** go to ourselves only. That "Leave" shows the neutral site without a redirect has to do with it: Chromium
holds every redirect of a form's answer against ``form-action``, and a neutral site that sends people on to another
domain would leave them on the page they fled (measured; see ``bot.web``).
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

from aiohttp import hdrs, web

BODY_LIMIT = 128 * 1024
"""Bytes a post may have. 10,000 characters of Chinese are 90,000 bytes in a form; 64 KiB would refuse them."""

BODY_SECONDS = 120
"""How long a post may take to arrive: a long story over a very slow line."""

FORM_TYPE = "application/x-www-form-urlencoded"

_NO_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "clipboard-write",
    "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "sync-xhr", "usb",
    "xr-spatial-tracking",
)  # fmt: skip


_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!#-&(-;=?-~]*)?", re.ASCII)
"""A web address without anything that would have to be escaped in a header or a page."""


def headers(*, secure: bool) -> dict[str, str]:
    """The headers of every answer. ``secure``: people reach us over TLS; only then is HSTS sent."""
    found = {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _NO_FEATURES),
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "X-DNS-Prefetch-Control": "off",
    }
    if secure:
        found["Strict-Transport-Security"] = "max-age=63072000"
    return found


def neutral(address: str) -> str:
    """The address "Leave" goes to, checked.

    Raises:
        ValueError: it is not a full web address in plain characters.
    """
    if not _ADDRESS.fullmatch(address):
        raise ValueError("the address to leave to must be a full web address, such as https://www.wikipedia.org/")
    return address


def foreign(request: web.Request, public_origin: str | None) -> bool:
    """Whether this post comes from somebody else's page; see the theory above.

    Args:
        request: the post.
        public_origin: scheme, host and port people see in the address bar, where a reverse proxy hides them from us.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None or origin == "null":
        return False
    if public_origin is not None:
        return origin.lower() != public_origin.lower().rstrip("/")
    return _place(urlsplit(origin).netloc) != _place(request.host)


def _place(netloc: str) -> str:
    """A host and port as browsers compare them, without the ports that go without saying."""
    return netloc.lower().removesuffix(":80").removesuffix(":443")


async def read_form(request: web.Request) -> bytes:
    """The body of a form, bounded in size and time.

    Raises:
        web.HTTPUnsupportedMediaType: it is not what our forms send.
        web.HTTPRequestEntityTooLarge: it is larger than any of our forms can be.
        web.HTTPRequestTimeout: it did not arrive in time.
    """
    if request.content_type != FORM_TYPE:
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=0)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=0)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return bytes(body)
