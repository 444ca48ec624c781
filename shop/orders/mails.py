"""E-mails about orders: a row is written with what causes it, a worker sends it, and tries again.

A mail may come twice, if a worker is killed between sending and writing that down; it is never lost.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from shop.orders.models import Order, OrderMail

if TYPE_CHECKING:
    from uuid import UUID  # noqa: F401

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3


def write(order: Order, kind: str, occasion: str = "") -> OrderMail:
    """Have the customer told, once for each kind and occasion; a worker does it when all of this is committed."""
    from shop.orders.tasks import send_mail

    mail, new = OrderMail.objects.get_or_create(order=order, kind=kind, occasion=occasion)
    if new:
        send_mail.delay_on_commit(mail.pk)
    return mail


def send(mail_id: int) -> bool | None:
    """Send it, unless it is sent, given up, or just being sent by another worker: then None. False: not this time.

    The attempt is counted before it is made, so that one that kills its worker does not go on forever.
    """
    with transaction.atomic():
        waiting = OrderMail.objects.filter(pk=mail_id, sent=None, attempts__lt=MOST_ATTEMPTS)
        if not waiting.select_for_update(skip_locked=True).first():
            return None
        waiting.update(attempts=F("attempts") + 1)
    with transaction.atomic():
        mail = OrderMail.objects.filter(pk=mail_id, sent=None).select_for_update(skip_locked=True, of=("self",)).first()
        if mail is None:
            return None
        try:
            message(mail).send()
        except Exception as error:
            logger.exception("An e-mail about an order could not be sent")
            mail.failure = f"{type(error).__name__}: {error}"[:500]
            mail.save(update_fields=["failure"])
            return False
        mail.sent, mail.failure = timezone.now(), ""
        mail.save(update_fields=["sent", "failure"])
    return True


def message(mail: OrderMail) -> EmailMultiAlternatives:
    """The e-mail, in the language that the order was placed in, as text and as HTML."""
    order = mail.order
    with override(order.language):
        context = {
            "mail": mail,
            "order": order,
            "lines": list(order.lines.all()),
            "url": absolute(order.get_absolute_url()),
            "shop_name": settings.SHOP_NAME,
            "shop_url": absolute("/"),
            "refund": order.refunds_of(mail.occasion) if mail.kind == OrderMail.Kind.REFUNDED else None,
        }
        subject = " ".join(render_to_string(f"orders/email/{mail.kind}_subject.txt", context).split())
        text = render_to_string(f"orders/email/{mail.kind}.txt", context)
        html = render_to_string("orders/email/mail.html", context | {"subject": subject, "text": text})
    made = EmailMultiAlternatives(subject, text, to=[order.email])
    made.attach_alternative(html, "text/html")
    return made


def retry(mail: OrderMail) -> None:
    """Let a mail that was given up be tried again, from the start."""
    from shop.orders.tasks import send_mail

    OrderMail.objects.filter(pk=mail.pk, sent=None).update(attempts=0, failure="")
    send_mail.delay_on_commit(mail.pk)


def absolute(path: str) -> str:
    """An address of this shop for those who are not looking at it."""
    return f"{'https' if settings.TLS else 'http'}://{settings.PAYMENT_HOST}{path}"
