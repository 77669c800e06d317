"""How messages leave: one adapter for each channel, named in the settings; an alliance may bring its own."""

import json
import smtplib
import ssl
import sys
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from platform_core.messaging.models import Channel

TIMEOUT: Final = 20.0
"""Seconds a mail server has to answer."""


class NotNow(Exception):
    """The carrier could not take the message; it is tried again later."""


class Never(Exception):
    """The carrier refused the message for good, such as for an address that does not exist."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message put into words, ready to be carried."""

    id: UUID
    kind: str
    to: str
    subject: str
    body: str
    language: str


class Adapter(Protocol):
    """Carries messages of one channel; made without arguments for each message, used from any thread."""

    def deliver(self, letter: Letter) -> str:
        """Hand the message over and return what the carrier calls it (may be blank); NotNow or Never if it does not."""
        ...


class ConsoleAdapter:
    """Prints messages where the site was started: for trials, and as long as nothing else is set up."""

    def deliver(self, letter: Letter) -> str:
        """Print the message."""
        line = "-" * 72
        sys.stdout.write(f"\n{line}\nTo: {letter.to}\nSubject: {letter.subject}\n\n{letter.body}\n{line}\n")
        sys.stdout.flush()
        return ""


class FileAdapter:
    """Writes each message as a JSON file into `DATA_DIR/messages`, from where something else carries it on."""

    def deliver(self, letter: Letter) -> str:
        """Write the message, whole or not at all."""
        folder = Path(settings.DATA_DIR) / "messages"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / f"{letter.id}.json"
            aside = path.with_suffix(".part")
            aside.touch(mode=0o600)
            aside.write_text(json.dumps({**asdict(letter), "id": str(letter.id)}, ensure_ascii=False, indent=1))
            aside.replace(path)
        except OSError as error:
            raise NotNow(f"the file could not be written: {error.strerror}") from error
        return path.name


class SmtpAdapter:
    """Sends e-mail by the server that `SMTP_URL` names: smtps://, smtp+starttls:// or, within a host, smtp://."""

    def deliver(self, letter: Letter) -> str:
        """Send the message."""
        mail = EmailMessage()
        mail["From"] = settings.MAIL_FROM
        mail["To"] = letter.to
        mail["Subject"] = letter.subject
        mail["Date"] = formatdate()
        # The same for a message that is sent again, so that it can be told to be the same.
        mail["Message-ID"] = f"<{letter.id}@{urlsplit(settings.PUBLIC_URL).hostname}>"
        mail["Content-Language"] = letter.language
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.body)
        try:
            with _server() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code = max((answer[0] for answer in error.recipients.values()), default=0)
            raise (Never if 500 <= code < 600 else NotNow)(f"the recipient was refused ({code})") from error
        except smtplib.SMTPResponseException as error:
            raise NotNow(f"the mail server answered {error.smtp_code}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(f"the mail server could not be reached ({type(error).__name__})") from error
        return str(mail["Message-ID"])


def _server() -> smtplib.SMTP:
    parts = urlsplit(settings.SMTP_URL)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or (587 if parts.scheme == "smtp+starttls" else 25), timeout=TIMEOUT)
        if parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def adapter_for(channel: Channel) -> Adapter:
    """Return the adapter that the settings name for a channel."""
    made: Adapter = import_string(settings.MESSAGE_ADAPTERS[channel.value])()
    return made
