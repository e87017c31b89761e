"""What the server answers instead of a result, in the real server's words.

The wording follows ``Client::fail_query_with_error`` of the Bot API server's published source and what
clients of the hosted service report. Descriptions that this fake invents begin with "fake server:".
"""

from typing import Any


class ApiError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


class BreachError(ApiError):
    """A call outside the documented limits that only its handler can see; recorded as a violation."""


def bad(description: str) -> ApiError:
    """A 400."""
    return ApiError(400, f"Bad Request: {description}")


def breach(description: str) -> BreachError:
    """A 400 that a careful bot would never cause."""
    return BreachError(400, f"Bad Request: {description}")


def unauthorized() -> ApiError:
    """An unknown token."""
    return ApiError(401, "Unauthorized")


def blocked() -> ApiError:
    """The person has blocked the bot."""
    return ApiError(403, "Forbidden: bot was blocked by the user")


def not_found() -> ApiError:
    """An unknown method or path."""
    return ApiError(404, "Not Found")


def conflict(why: str) -> ApiError:
    """Two ways of receiving updates at once."""
    return ApiError(409, f"Conflict: {why}")


def too_many(retry_after: int) -> ApiError:
    """Flood control."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
WEBHOOK_SET = "terminated by setWebhook request"
