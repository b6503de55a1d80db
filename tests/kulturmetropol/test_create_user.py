import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kulturmetropol.accounts.models import User

pytestmark = pytest.mark.usefixtures("cast")


def create_user(email, *arguments) -> str:
    output = StringIO()
    call_command("create_user", email, "--name", "Ny Bruger", *arguments, stdout=output)
    return output.getvalue()


def test_a_new_user_logs_in_with_the_printed_password_and_has_the_role(client):
    password = re.search(r"adgangskoden (\S+)", create_user("ny@cast.example", "--role", "staff"))[1]
    response = client.post("/log-ind/", {"login": "ny@cast.example", "password": password}, follow=True)
    assert "Skriv et notat" in response.text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["staff@cast.example", "--role", "staff"], "Der er allerede en bruger med den e-mailadresse."),
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
def test_what_is_wrong_is_said_and_no_user_is_made(arguments, message):
    before = User.objects.count()
    with pytest.raises(CommandError) as error:
        create_user(*arguments)
    assert message in str(error.value)
    assert User.objects.count() == before
