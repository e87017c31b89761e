"""Settings: ``LINNET_…`` environment variables, or one TOML file; the environment wins.

The TOML file is ``linnet.toml`` in the working directory, or the file that ``LINNET_CONFIG`` names; its keys are
the names below in small letters. Secrets have no place in it: tokens come from the environment, the server's
secret from a file of its own.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from config.mail_server import MailServer, is_mailbox, parse_mail_server

TELEGRAM = "https://api.telegram.org"
LAST_PORT = 65_535


class SettingsError(Exception):
    """Settings that cannot be used; one line that names the setting and never its value."""


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(env_prefix="LINNET_", extra="ignore", env_ignore_empty=True)

    practice: bool = False
    database_url: str = "sqlite:///var/linnet.db"
    secret_file: Path = Path("var/secret")
    directory: Path = Path("var/directory")
    directory_signer: str = ""
    care: Path | None = None
    clocks: Path | None = None
    http: str = "127.0.0.1:8080"
    public_origin: str | None = None
    leave_to: str = "https://www.wikipedia.org/"
    draft_hours: int = Field(default=72, ge=1, le=24 * 30)
    keep_days: int = Field(default=90, ge=30, le=3650)
    languages: str = ""
    reporter_token: SecretStr | None = None
    staff_token: SecretStr | None = None
    telegram_api: str = TELEGRAM
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    smtp: str | None = Field(default=None, repr=False)
    smtp_user: str | None = Field(default=None, repr=False)
    smtp_password: SecretStr | None = None
    smtp_from: str | None = Field(default=None, repr=False)
    smtp_tls: Literal["required", "off"] | None = None
    smtp_ca: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the signature is the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the signature is the library's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Given values first, then the environment, then the TOML file."""
        named = os.environ.get("LINNET_CONFIG")
        path = Path(named or "linnet.toml")
        if (named or path.exists()) and not path.is_file():
            raise FileNotFoundError(path)  # the library would pass over it, and every setting would be its default
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path)

    @field_validator("http")
    @classmethod
    def _address(cls, value: str) -> str:
        if not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}", value):
            raise ValueError("must be HOST:PORT")
        if int(value.rsplit(":", 1)[1]) > LAST_PORT:
            raise ValueError("the port must be 0 to 65535")
        return value

    @field_validator("telegram_api", "leave_to", "webhook_url", "public_origin")
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s\"';,<>]+", value):
            raise ValueError("must be an http(s) address")
        return value

    @field_validator("reporter_token", "staff_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"\d+:[A-Za-z0-9_-]{10,}", value.get_secret_value()):
            raise ValueError("is not a bot token")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
            raise ValueError("must be 16 to 256 letters, digits, _ or -")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _mailbox(cls, value: str | None) -> str | None:
        if value is not None and not is_mailbox(value):
            raise ValueError("must be a plain e-mail address, such as no-reply@example.org")
        return value

    @model_validator(mode="after")
    def _mail(self) -> Settings:
        if self.smtp is None:
            if self.smtp_user or self.smtp_password or self.smtp_from:
                raise ValueError("smtp_user, smtp_password and smtp_from mean nothing without smtp")
            return self
        try:
            server = parse_mail_server(self.smtp, self.smtp_tls)
        except ValueError as error:
            raise ValueError(f"smtp: {error}") from None
        if not self.smtp_from:
            raise ValueError("smtp_from is required with smtp")
        if bool(self.smtp_user) != bool(self.smtp_password):
            raise ValueError("smtp_user and smtp_password belong together")
        if self.smtp_password and server.exposed:
            raise ValueError("smtp_password would cross the network in the clear: smtp_tls must not be off")
        return self

    @model_validator(mode="after")
    def _together(self) -> Settings:
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("webhook_secret is required with webhook_url")
        if self.reporter_token and self.reporter_token == self.staff_token:
            raise ValueError("reporter_token and staff_token must be two different bots")
        return self

    @property
    def mail_server(self) -> MailServer | None:
        """The server that alerts by e-mail leave through; None: no e-mail."""
        return None if self.smtp is None else parse_mail_server(self.smtp, self.smtp_tls)

    @property
    def host(self) -> str:
        """The host of ``http``."""
        return self.http.rsplit(":", 1)[0].strip("[]")

    @property
    def port(self) -> int:
        """The port of ``http``."""
        return int(self.http.rsplit(":", 1)[1])


def load(**given: object) -> Settings:
    """The settings, with ``given`` above all.

    Raises:
        SettingsError: something is malformed; the line names each setting and what is wrong, never its value.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        said = [
            f"LINNET_{'_'.join(str(part) for part in fault['loc']).upper()}: {_plain(fault['msg'])}"
            if fault["loc"]
            else f"settings: {_plain(fault['msg'])}"
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("; ".join(said)) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"the settings file cannot be read: {type(error).__name__}") from None


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
