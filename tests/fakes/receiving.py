"""The methods by which a bot gets its updates: getUpdates and the webhook's four."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.bots import FakeBot
from tests.fakes.errors import breach
from tests.fakes.updates import MOST_UPDATES
from tests.fakes.webhook import Hook, Webhook
from tests.fakes.wire import Parcel

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Apply = Callable[[Parcel], Awaitable[object]]


async def get_updates(bot: FakeBot, params: Mapping[str, Any], alive: Callable[[], bool]) -> object:
    """Long polling."""
    _allow(bot, params)
    return await bot.queue.poll(
        params.get("offset"), params.get("limit", MOST_UPDATES), params.get("timeout", 0), alive
    )


async def set_webhook(bot: FakeBot, params: Mapping[str, Any], apply: Apply) -> object:
    """Starts delivery to an address; an empty one ends it."""
    url = params["url"]
    if not url:
        return await delete_webhook(bot, params)
    parts = urlsplit(url)
    # Telegram takes https alone; a test's webhook stands on this machine without a certificate.
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise breach("bad webhook: An HTTPS URL must be provided for webhook")
    await stop_webhook(bot)
    if params.get("drop_pending_updates"):
        bot.queue.drop_all()
    _allow(bot, params)
    hook = Hook(url, params.get("secret_token"), params.get("max_connections", 40))
    bot.webhook = Webhook(hook, bot.queue, bot.world.pace, apply)
    return True


async def delete_webhook(bot: FakeBot, params: Mapping[str, Any]) -> object:
    """Ends delivery; what waits stays for getUpdates."""
    await stop_webhook(bot)
    if params.get("drop_pending_updates"):
        bot.queue.drop_all()
    return True


async def stop_webhook(bot: FakeBot) -> None:
    """Closes a webhook, where there is one."""
    webhook, bot.webhook = bot.webhook, None
    if webhook:
        await webhook.close()


def webhook_info(bot: FakeBot) -> object:
    """The WebhookInfo."""
    info: dict[str, Any] = {
        "url": bot.webhook.hook.url if bot.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.queue.pending),
    }
    if bot.webhook:
        info["max_connections"] = bot.webhook.hook.at_once
        if bot.webhook.last_error:
            info["last_error_message"] = bot.webhook.last_error
            info["last_error_date"] = int(bot.world.clock.now())
    if bot.queue.allowed:
        info["allowed_updates"] = sorted(bot.queue.allowed)
    return info


def _allow(bot: FakeBot, params: Mapping[str, Any]) -> None:
    # What was asked for once holds until it is asked for anew; an empty list goes back to the default.
    if "allowed_updates" in params:
        bot.queue.allowed = frozenset(params["allowed_updates"]) or None
