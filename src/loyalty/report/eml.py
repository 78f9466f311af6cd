"""The report as a whole e-mail for ``sendmail -t``: text, HTML and the other formats as attachments.

The same report is the same message: date, id and boundaries come from what is in it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from zoneinfo import ZoneInfo

from loyalty.report import email, markdown
from loyalty.report.build import Report
from loyalty.report.content import tell

TYPES = {
    ".html": ("text", "html"),
    ".pdf": ("application", "pdf"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
HOME = uuid.uuid5(uuid.NAMESPACE_URL, "urn:loyalty-metrics:report")


def render(report: Report, lang: str, enclosed: Mapping[str, bytes]) -> bytes:
    """Return the message; without recipients it is a draft that mail programs open for writing."""
    content = tell(report, lang)
    body = email.render(report, lang)
    name = report.period.label or f"{report.period.start}_{report.period.end}"
    message = EmailMessage(policy=SMTP)
    # A title of several lines would break the head of the message.
    message["Subject"] = " ".join(f"{content.title} · {content.kind} · {content.period}".split())
    if report.sender:
        message["From"] = report.sender
    if report.recipients:
        message["To"] = ", ".join(report.recipients)
    else:
        message["X-Unsent"] = "1"
    # The day that no longer counts, as the business has it: a message has to have a date, and this is the data's.
    message["Date"] = datetime.combine(report.as_of, time(), tzinfo=ZoneInfo(report.timezone))
    digest = hashlib.sha256(body.encode() + b"".join(enclosed.values())).hexdigest()
    message["Message-ID"] = f"<{uuid.uuid5(HOME, digest)}@loyalty.invalid>"
    message.set_content(markdown.summary(content), cte="quoted-printable")
    message.add_alternative(body, subtype="html", cte="quoted-printable")
    for suffix, data in enclosed.items():
        main, sub = TYPES[suffix]
        message.add_attachment(data, main, sub, filename=f"loyalty-{name}{suffix}")
    for place, part in enumerate(each for each in message.walk() if each.is_multipart()):
        part.set_boundary(f"=_{digest[:32]}_{place}")
    return message.as_bytes()
