"""Django's SMTP backend, which also tells whether a mail may have left although no answer came.

Until the text has been handed over, a broken connection means: not sent. Once the server has the text and does not
answer, nobody knows; and once it has said yes, nothing that goes wrong while hanging up changes that.
"""

import smtplib
from typing import Any

from django.core.mail.backends import smtp


class UncertainError(Exception):
    """The connection broke after the text was handed over and before the server had answered."""


class _HandingOver:
    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            return super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:
            self.close()  # type: ignore[attr-defined]
            raise UncertainError from error


class Plain(_HandingOver, smtplib.SMTP):
    pass


class Encrypted(_HandingOver, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return Encrypted if self.use_ssl else Plain

    def _close_connection(self, connection: smtplib.SMTP) -> None:
        try:
            connection.quit()
        except OSError:
            connection.close()
