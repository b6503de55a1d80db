"""An editor in a process of their own, for `test_races`: opens a form, waits for a line, saves, prints the status.

python -m tests.initiatives.editor ADDRESS E-MAIL TITLE
"""

import sys

import django

django.setup()

from django.test import Client  # noqa: E402  after the set-up

from kulturmetropol.accounts.models import User  # noqa: E402
from tests.pages import form_data  # noqa: E402

address, email, title = sys.argv[1:]
client = Client()
client.force_login(User.objects.get(email=email))
opened = form_data(client.get(address))
print("ready", flush=True)
sys.stdin.readline()
print(client.post(address, opened | {"title": title}).status_code)
