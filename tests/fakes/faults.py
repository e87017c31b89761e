"""Things that go wrong on purpose: chosen by bot, method and chat, a given number of times."""

from dataclasses import dataclass

from tests.fakes.errors import ApiError, blocked, too_many


@dataclass(frozen=True, slots=True)
class TooManyRequests:
    """429, the call has no effect."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class Forbidden:
    """403 as if the person had blocked the bot, for this call only."""


@dataclass(frozen=True, slots=True)
class BadGateway:
    """502 without effect: in JSON, or as the page of HTML that a proxy in front of the API sends."""

    html: bool = False


@dataclass(frozen=True, slots=True)
class DropBefore:
    """The connection closes before the call takes effect."""


@dataclass(frozen=True, slots=True)
class DropAfter:
    """The call takes effect, then the connection closes: the lost answer."""


@dataclass(frozen=True, slots=True)
class Delay:
    """The call waits, then goes on."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The next update is delivered once more: after it was accepted, or (webhook only) both at once."""

    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Reorder:
    """The next update is held until another one has overtaken it, or for `seconds`."""

    seconds: float = 1.0


CallFault = TooManyRequests | Forbidden | BadGateway | DropBefore | DropAfter | Delay
UpdateFault = Duplicate | Reorder
AnyFault = CallFault | UpdateFault
BY_NAME: dict[str, type[AnyFault]] = {
    kind.__name__: kind
    for kind in (TooManyRequests, Forbidden, BadGateway, DropBefore, DropAfter, Delay, Duplicate, Reorder)
}


@dataclass(slots=True)
class _Planned:
    fault: AnyFault
    token: str | None
    method: str | None
    chat: int | None
    left: int


class Faults:
    """The faults still to happen, in the order they were planned."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def plan(self, fault: AnyFault, token: str | None, method: str | None, chat: int | None, times: int) -> None:
        """Adds a fault for the next `times` matching calls or updates."""
        self._planned.append(_Planned(fault, token, method, chat, times))

    def clear(self) -> None:
        """Forgets what has not happened yet."""
        self._planned.clear()

    def left(self) -> int:
        """How many faults have not happened yet."""
        return sum(planned.left for planned in self._planned)

    def for_call(self, token: str, method: str, chat: object) -> CallFault | None:
        """Takes the next fault for this call."""
        for planned in self._planned:
            if isinstance(planned.fault, Duplicate | Reorder) or planned.method not in {None, method}:
                continue
            # Without a named method the means of receiving stay whole: a fault is for an action.
            if planned.method is None and method == "getUpdates":
                continue
            if _fits(planned, token, chat):
                return self._take(planned)  # type: ignore[return-value]  # narrowed by the line above
        return None

    def for_update(self, token: str, chat: int) -> UpdateFault | None:
        """Takes the next fault for this update."""
        for planned in self._planned:
            if isinstance(planned.fault, Duplicate | Reorder) and _fits(planned, token, chat):
                return self._take(planned)  # type: ignore[return-value]  # narrowed by the line above
        return None

    def _take(self, planned: _Planned) -> AnyFault:
        planned.left -= 1
        if planned.left <= 0:
            self._planned.remove(planned)
        return planned.fault


def _fits(planned: _Planned, token: str, chat: object) -> bool:
    return planned.token in {None, token} and (planned.chat is None or planned.chat == chat)


def refusal(fault: CallFault) -> ApiError | None:
    """The error a fault answers with, where it is one of the API's own."""
    match fault:
        case TooManyRequests(retry_after):
            return too_many(retry_after)
        case Forbidden():
            return blocked()
        case _:
            return None
