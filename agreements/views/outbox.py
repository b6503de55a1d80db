"""The portal's outgoing mail: what is to leave, what has left, and what did not arrive."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic.detail import SingleObjectMixin

from agreements import outbox
from agreements.filters.outbox import OutgoingMailFilter
from agreements.forms.outbox import SendAgainForm
from agreements.models import OutgoingMail
from kulturmetropol.views import DetailPage, ListPage, RecordPage

Status = OutgoingMail.Status


class OutgoingMailList(ListPage):
    model = OutgoingMail
    filterset_class = OutgoingMailFilter

    def get_context_data(self, **kwargs):
        return super().get_context_data(reports=outbox.reports(self.request.user), **kwargs)


class OutgoingMailDetail(DetailPage):
    model = OutgoingMail

    def get_context_data(self, **kwargs):
        now = timezone.now()
        context = {
            "uncertain": self.object.is_uncertain(now),
            "can_be_sent_again": self.object.can_be_sent_again(now),
            "can_be": {status.value for status in Status if self.object.can_become(status, now)},
            "form": SendAgainForm(mail=self.object),
        }
        return super().get_context_data(**(context | kwargs))


class MailDecision(RecordPage, SingleObjectMixin, View):
    """What a person decides about a mail, sent from its page."""

    model = OutgoingMail

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require_reader()
        mail = self.get_object()
        self.require_editor(mail)
        return self.decide(mail)

    def done(self, mail: OutgoingMail, happened: bool, words: str) -> HttpResponse:
        if happened:
            messages.success(self.request, words)
        else:
            messages.warning(self.request, _("Somebody else has seen to this mail. Look at what has become of it."))
        return redirect(mail)


class OutgoingMailSend(MailDecision):
    def decide(self, mail: OutgoingMail) -> HttpResponse:
        form = SendAgainForm(self.request.POST, mail=mail)
        if not form.is_valid():
            detail = OutgoingMailDetail(request=self.request, object=mail, kwargs=self.kwargs)
            return detail.render_to_response(detail.get_context_data(form=form))
        sent = outbox.send_again(mail=mail, recipient=form.cleaned_data["recipient"])
        return self.done(mail, sent, _("The mail is sent again."))


class OutgoingMailMark(MailDecision):
    WORDS = {
        Status.RETURNED: gettext_lazy("The mail is marked as returned."),
        Status.SENT: gettext_lazy("The mail is marked as sent."),
        Status.GIVEN_UP: gettext_lazy("The mail is given up and is not sent."),
    }

    def decide(self, mail: OutgoingMail) -> HttpResponse:
        status = self.request.POST.get("status", "")
        try:
            marked = outbox.mark(mail=mail, status=status)
        except ValidationError as error:
            raise Http404 from error
        return self.done(mail, marked, self.WORDS[Status(status)])
