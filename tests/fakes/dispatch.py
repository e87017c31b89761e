"""One call, from its parcel to its answer: known method, right parameters, planned faults, then effect.

A call that breaks the table is refused and written down as a violation, so that a test can assert that
there was none. An ordinary refusal (message not found, blocked) is an answer, not a violation.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import methods, receiving
from tests.fakes.bots import FakeBot, World
from tests.fakes.errors import ApiError, BreachError, bad, not_found, unauthorized
from tests.fakes.faults import BadGateway, Delay, DropAfter, DropBefore, refusal
from tests.fakes.handlers import HANDLERS
from tests.fakes.webhook import NOT_FROM_WEBHOOK
from tests.fakes.wire import Parcel

_RECEIVING = ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")
# Where the real server has words of its own for a broken limit or a missing parameter.
_REAL_WORDS = {
    ("text", "missing"): "message text is empty",
    ("chat_id", "missing"): "chat_id is empty",
    ("message_id", "missing"): "message identifier is not specified",
}


@dataclass(slots=True)
class Call:
    """One call as it came and ended; `outcome` is "ok", a refusal in words, or the name of a fault."""

    token: str
    method: str
    params: Mapping[str, Any] = field(repr=False)
    via: str
    at: float
    outcome: str = "pending"


@dataclass(frozen=True, slots=True)
class Violation:
    """A call that no careful bot makes."""

    token: str
    method: str
    why: str


class DroppedError(Exception):
    """The connection is to be closed without an answer."""


class GatewayError(Exception):
    """A 502 from in front of the API."""

    def __init__(self, *, html: bool) -> None:
        super().__init__()
        self.html = html


class Dispatcher:
    """Runs calls for all bots of a server and keeps the record of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bots: dict[str, FakeBot] = {}
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.busy = 0

    async def call(self, token: str, method: str, parcel: Parcel, alive: Callable[[], bool]) -> Any:
        """Runs a call that came over HTTP; raises what it is to be answered with instead of a result."""
        return await self._run(token, method, parcel, "http", alive)

    async def apply(self, token: str, parcel: Parcel) -> None:
        """Runs a method that came in a webhook's answer; nobody hears how it ended."""
        params = dict(parcel.params)
        method = str(params.pop("method", ""))
        if not method and parcel.problem is None:
            return
        if not method or method in NOT_FROM_WEBHOOK or method.startswith("get"):
            self._violate(token, method, parcel.problem or "not a method to send in a webhook's answer")
            return
        sent = Parcel(params, parcel.uploads, form=parcel.form, problem=parcel.problem)
        try:
            await self._run(token, method, sent, "webhook", lambda: True)
        except (ApiError, DroppedError, GatewayError):
            return

    async def _run(self, token: str, method: str, parcel: Parcel, via: str, alive: Callable[[], bool]) -> Any:
        call = Call(token, method, parcel.params, via, self.world.clock.now())
        self.calls.append(call)
        acting = method != "getUpdates"
        self.busy += acting
        try:
            result = await self._answered(call, parcel, alive)
        except ApiError as error:
            call.outcome = f"{error.code} {error.description}"
            raise
        except (DroppedError, GatewayError):
            raise
        else:
            call.outcome = "ok"
            return result
        finally:
            self.busy -= acting
            if acting:
                self.world.changed()

    async def _answered(self, call: Call, parcel: Parcel, alive: Callable[[], bool]) -> Any:
        bot = self.bots.get(call.token)
        if bot is None:
            raise unauthorized()
        if bot.logged_out:
            raise bad("Logged out")
        if not methods.known(call.method):
            self._violate(call.token, call.method, "unknown method")
            raise not_found()
        call.params = self._checked(call, parcel)
        fault = self.world.faults.for_call(call.token, call.method, _chat_of(bot, call.params))
        match fault:
            case Delay(seconds):
                await asyncio.sleep(seconds)
            case DropBefore():
                call.outcome = "DropBefore"
                raise DroppedError
            case BadGateway(html):
                call.outcome = "BadGateway"
                raise GatewayError(html=html)
            case _:
                if fault and (error := refusal(fault)):
                    raise error
        try:
            result = await self._effect(bot, call, alive)
        except BreachError as error:
            self._violate(call.token, call.method, error.description)
            raise
        finally:
            if isinstance(fault, DropAfter):
                call.outcome = "DropAfter"
        if isinstance(fault, DropAfter):
            raise DroppedError
        return result

    def _checked(self, call: Call, parcel: Parcel) -> dict[str, Any]:
        if parcel.problem:
            self._violate(call.token, call.method, parcel.problem)
            raise bad(f"fake server: {parcel.problem}")
        typed, faults = methods.check(call.method, parcel.params, parcel.uploads, form=parcel.form)
        for fault in faults:
            self._violate(call.token, call.method, f"{fault.where}: {fault.why}")
        if faults:
            raise bad(_in_words(faults[0]))
        return typed

    async def _effect(self, bot: FakeBot, call: Call, alive: Callable[[], bool]) -> Any:
        match call.method:
            case "getUpdates":
                return await receiving.get_updates(bot, call.params, alive)
            case "setWebhook":
                return await receiving.set_webhook(bot, call.params, lambda parcel: self.apply(bot.token, parcel))
            case "deleteWebhook":
                return await receiving.delete_webhook(bot, call.params)
            case "getWebhookInfo":
                return receiving.webhook_info(bot)
            case _:
                return HANDLERS[call.method](bot, call.params)

    def _violate(self, token: str, method: str, why: str) -> None:
        self.violations.append(Violation(token, method, why))


def _chat_of(bot: FakeBot, params: Mapping[str, Any]) -> object:
    query = bot.queries.get(str(params.get("callback_query_id")))
    return query.chat_id if query else params.get("chat_id")


def _in_words(fault: methods.Fault) -> str:
    field_name = fault.where.rsplit(".", 1)[-1]
    if field_name == "callback_data" and "bytes" in fault.why:
        return "BUTTON_DATA_INVALID"
    return _REAL_WORDS.get((field_name, fault.why), f"fake server: {fault.where}: {fault.why}")


assert HANDLERS.keys() | set(_RECEIVING) == methods.table()["methods"].keys(), "table and handlers differ"
