"""E-mails about orders: in the customer's language, as text and HTML, sent once, tried again, given up."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.utils import timezone

from shop.orders import mails, moves, sweeping
from shop.orders.models import OrderMail
from shop.orders.tests.makers import an_order, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail():
    return an_order().mails.get()


def test_a_mail_says_what_was_ordered_and_leads_to_the_order(mail, settings):
    assert mails.send(mail.pk)
    [sent] = outbox.outbox
    order = mail.order
    assert sent.subject == f"We have your order {order.number}"
    assert sent.to == ["ada@example.com"]
    html = sent.alternatives[0].content
    for text in (sent.body, html):
        assert f"http://{settings.PAYMENT_HOST}{order.get_absolute_url()}" in text
        assert "Linen shirt" in text
        assert "€24.90" in text


def test_a_mail_is_in_the_language_of_the_order(sent):
    order = an_order(language="vi")
    mails.send(order.mails.get().pk)
    assert outbox.outbox[0].subject != f"We have your order {order.number}"


def test_what_people_write_is_no_html(mail):
    mail.order.name = "<b>Ada</b> & Co"
    mail.order.save()
    mails.send(mail.pk)
    [sent] = outbox.outbox
    assert "<b>Ada</b> & Co" in sent.body
    assert "&lt;b&gt;Ada" in sent.alternatives[0].content


def test_every_kind_can_be_sent():
    order = an_order()
    payment = paid(order)
    for state in ("packed", "shipped"):
        moves.move(order, state)
    mails.write(order, OrderMail.Kind.CANCELLED)
    refund = payment.refunds.create(key="k", amount=5, reason="Torn")
    mails.write(order, OrderMail.Kind.REFUNDED, occasion=str(refund.pk))
    for each in order.mails.all():
        assert mails.send(each.pk)
    assert len({sent.subject for sent in outbox.outbox}) == len(OrderMail.Kind) == 5
    assert "€5.00 went back to you" in outbox.outbox[-1].body


def test_a_mail_is_sent_once(mail):
    assert mails.send(mail.pk)
    assert mails.send(mail.pk) is None
    assert len(outbox.outbox) == 1


def test_a_mail_that_cannot_be_sent_is_tried_again_and_given_up_with_the_reason(mail, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    for _ in range(mails.MOST_ATTEMPTS):
        assert mails.send(mail.pk) is False
    assert mails.send(mail.pk) is None
    mail.refresh_from_db()
    assert (mail.attempts, mail.sent) == (3, None)
    assert "refused" in mail.failure
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mails.retry(mail)
    assert mails.send(mail.pk)


def test_a_mail_that_was_lost_with_its_task_is_found_by_the_sweep(mail):
    assert sweeping.sweep()["mails"] == 0
    OrderMail.objects.update(created=timezone.now() - timedelta(minutes=1))
    assert sweeping.sweep()["mails"] == 1


def test_the_demo_writes_mails_into_files(mail, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert mails.send(mail.pk)
    [file] = Path(tmp_path).iterdir()
    assert mail.order.number in file.read_text()
