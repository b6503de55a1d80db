import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from agreements.models import OutgoingMail, UserInvitation
from kulturmetropol.accounts.models import User

pytestmark = pytest.mark.usefixtures("cast")


def create_user(email, *arguments) -> str:
    output = StringIO()
    call_command("create_user", email, "--name", "Ny Bruger", *arguments, stdout=output)
    return output.getvalue()


def test_the_first_admin_comes_in_by_the_printed_link(client):
    printed = create_user("ny@cast.example", "--role", "admin")
    link = re.search(r"^http://testserver(/velkommen/\S+)$", printed, re.MULTILINE)[1]
    assert printed.startswith("ny@cast.example kommer ind med dette link, én gang, inden for 14 dage:\n")
    client.get(link)
    response = client.post("/velkommen/", {"name": "Ny Bruger"}, follow=True)
    assert "Skriv et notat" in response.text
    assert User.objects.get(email="ny@cast.example").has_usable_password() is False
    assert not OutgoingMail.objects.exists()
    assert Client().get(link, follow=True).status_code == 410


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["staff@cast.example", "--role", "staff"], "staff har allerede en rolle her: Sekretariat."),
        (["kaj", "--role", "staff"], "Indtast en gyldig e-mail-adresse."),
        (
            ["ny@cast.example", "--role", "guest"],
            "En gæst hører til en kommune, sekretariat og administratorer gør ikke.",
        ),
        (
            ["ny@cast.example", "--role", "staff", "--region", "nix"],
            "Der er ingen kulturregion “nix”. Kendte: kulturmetropolen, vest.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_invited(arguments, message):
    with pytest.raises(CommandError) as error:
        create_user(*arguments)
    assert message in str(error.value)
    assert not UserInvitation.objects.exists()
