"""A real SMTP server on this computer, as tests want it: with or without encryption, refusing, breaking off."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass
class Inbox:
    """What arrives, and what the server answers to it."""

    to: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    greetings: list[str] = field(default_factory=list)
    on_recipient: str = "250 OK"
    on_data: str = "250 OK"
    breaks_off: bool = False

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(each, policy=default) for each in self.raw]

    async def handle_RCPT(  # noqa: N802  the name that the server asks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.greetings.append(session.host_name or "")
        if self.on_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.on_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  the name that the server asks for
        if self.on_data.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.to += envelope.rcpt_tos
            self.raw.append(envelope.content)
        if self.breaks_off and server.transport:
            server.transport.close()
        return self.on_data

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"s3cret/x")


class NoTls(SMTP):
    """Says that it can encrypt, and then cannot."""

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802  the name that the server asks for
        await self.push("454 TLS not available just now")


class _Own(Controller):
    def __init__(self, inbox: Inbox, kind: type[SMTP], **settings: Any) -> None:
        self._kind = kind
        super().__init__(inbox, hostname=HOST, port=settings.pop("port", 0), **settings)

    def factory(self) -> SMTP:
        return self._kind(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:  # of port 0 the real one is asked
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1] if server else self.port
        super()._trigger_server()


class MailServer:
    """A server in a thread of its own; use it in a `with` block."""

    def __init__(
        self,
        *,
        kind: type[SMTP] = SMTP,
        context: ssl.SSLContext | None = None,
        auth: bool = False,
        port: int = 0,
    ) -> None:
        self.inbox = Inbox()
        settings: dict[str, Any] = {"enable_SMTPUTF8": True, "port": port}
        if context:
            settings["tls_context"] = context
        if auth:
            settings |= {"authenticator": self.inbox.authenticate, "auth_require_tls": context is not None}
        self._controller = _Own(self.inbox, kind, **settings)

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return int(self._controller.port)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return what a server encrypts with, and the file that lets a client trust it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)  # noqa: TID251  a certificate's own
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=400))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "server.pem", folder / "server.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
