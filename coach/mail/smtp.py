"""Sends e-mail over SMTP, if the environment names a server.

A password is never sent unencrypted.
"""

from __future__ import annotations

import ipaddress
import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from enum import StrEnum
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from coach.config import mode

__all__ = ["AddressRefused", "Failed", "MailSetting", "NotSent", "Post", "Unsettled", "Unsure", "configured"]

PATIENCE_S = 20  # seconds to wait for each answer of the server
PORTS = {"smtp": 587, "smtps": 465}
NOBODY = "[127.0.0.1]"  # placeholder until there is a connection, whose own address is used
HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")


class MailSetting(StrEnum):
    """Which setting cannot be used; the sentences are in `coach.mail.texts`."""

    SERVER = "server"
    SENDER = "sender"
    ADDRESS = "address"


class Unsettled(Exception):
    """E-mail is switched on, and a setting is missing or wrong."""

    def __init__(self, why: MailSetting) -> None:
        super().__init__(why.value)
        self.why = why


class Failed(Exception):
    """An e-mail was not sent, or it is unknown; the message quotes neither address nor content."""


class NotSent(Failed):
    """The server could not be used: nothing was sent, and it can be tried again."""


class AddressRefused(Failed):
    """The server refuses e-mail for that address: trying again today is pointless."""


class Unsure(Failed):
    """The connection broke during the transfer: the e-mail may have been sent."""


@dataclass(frozen=True, slots=True)
class Post:
    """The SMTP server: `encrypted` means TLS from the first byte, otherwise STARTTLS is used.

    `sender` is the whole From line, `url` the public URL of Coach.
    """

    host: str
    port: int
    encrypted: bool
    sender: str
    url: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def domain(self) -> str:
        """The domain that e-mails come from."""
        return parseaddr(self.sender)[1].rpartition("@")[2]

    @contextmanager
    def connected(self) -> Iterator[smtplib.SMTP]:
        """Yield a connection to the server, encrypted and signed in.

        Raises:
            NotSent: the server does not answer, offers no encryption, or refuses the password.
        """
        try:
            server = self._open()
        except (OSError, smtplib.SMTPException) as trouble:
            raise NotSent(_named(trouble)) from None
        try:
            try:
                self._prepare(server)
            except (OSError, smtplib.SMTPException) as trouble:
                raise NotSent(_named(trouble)) from None
            yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        if self.encrypted:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                self.host, self.port, timeout=PATIENCE_S, context=context, local_hostname=NOBODY
            )
        return smtplib.SMTP(self.host, self.port, timeout=PATIENCE_S, local_hostname=NOBODY)

    def _prepare(self, server: smtplib.SMTP) -> None:
        server.local_hostname = self._who(server)  # TLS before the first byte of SMTP
        if not self.encrypted:
            server.ehlo()
            # A connection within one computer may be unencrypted; a password is not sent there
            # either.
            if server.has_extn("starttls") or self.user or not _is_near(self.host):
                server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password)

    def _who(self, server: smtplib.SMTP) -> str:
        """Return the name for EHLO (RFC 5321, 4.1.1.1): public host name, else own address.

        A name without a dot, such as "localhost", cannot be looked up by another computer.
        """
        public = urlsplit(self.url).hostname or ""
        try:
            return _literal(public)
        except ValueError:
            pass
        try:
            name = public.encode("idna").decode("ascii")
        except UnicodeError:
            name = ""
        if "." in name.strip(".") and HOST_NAME.fullmatch(name):
            return name
        return _literal(server.sock.getsockname()[0]) if server.sock else NOBODY

    def send(self, server: smtplib.SMTP, message: EmailMessage, to: str) -> None:
        """Send one e-mail.

        Raises:
            NotSent: it was not accepted, and can be tried again.
            AddressRefused: it was not accepted, and will not be.
            Unsure: the connection broke meanwhile.
        """
        try:
            server.send_message(message, parseaddr(self.sender)[1], [to])
        except smtplib.SMTPRecipientsRefused as trouble:
            codes = [code for code, _text in trouble.recipients.values()]
            raise (AddressRefused if all(code >= 500 for code in codes) else NotSent)(
                _named(trouble)
            ) from None
        except (
            smtplib.SMTPNotSupportedError
        ) as trouble:  # non-ASCII characters in the address, and a server without SMTPUTF8
            raise AddressRefused(_named(trouble)) from None
        except smtplib.SMTPResponseException as trouble:
            raise NotSent(f"{_named(trouble)} {trouble.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as trouble:
            raise Unsure(_named(trouble)) from None
        except ValueError as trouble:  # a header or an address that cannot be encoded
            raise AddressRefused(_named(trouble)) from None


def configured() -> Post | None:
    """Return the server in `COACH_SMTP_URL`; None if it is not set: then no e-mail is ever sent.

    Raises:
        Unsettled: `COACH_SMTP_URL`, `COACH_MAIL_FROM` or `COACH_PUBLIC_URL` cannot be used.
    """
    named = os.environ.get("COACH_SMTP_URL", "")
    if not named:
        return None
    try:
        parts = urlsplit(named)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise Unsettled(MailSetting.SERVER) from None
    if parts.scheme not in PORTS or not host or parts.path.strip("/") or parts.query:
        raise Unsettled(MailSetting.SERVER)
    public = urlsplit(mode.public_url())
    if public.scheme not in ("http", "https") or not public.hostname:
        raise Unsettled(MailSetting.ADDRESS)
    return Post(
        host=host,
        port=port or PORTS[parts.scheme],
        encrypted=parts.scheme == "smtps",
        sender=_sender(os.environ.get("COACH_MAIL_FROM", "")),
        url=mode.public_url(),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _sender(text: str) -> str:
    name, address = parseaddr(text) if text.isprintable() else ("", "")
    try:
        return str(Address(name or "Coach", addr_spec=address)) if "@" in address else _no_sender()
    except (ValueError, IndexError):
        raise Unsettled(MailSetting.SENDER) from None


def _no_sender() -> NoReturn:
    raise Unsettled(MailSetting.SENDER)


def _literal(address: str) -> str:
    """Return a network address as an address literal for EHLO."""
    known = ipaddress.ip_address(address.partition("%")[0])
    return f"[{known}]" if known.version == 4 else f"[IPv6:{known}]"


def _is_near(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _named(trouble: Exception) -> str:
    """Return the kind of error alone: its text may quote an address."""
    return type(trouble).__name__
