"""Who may see a memo gets its file, by whichever of the two ways it is found, and nobody else does."""

import pytest

from agreements.models import Body, CultureRegion
from kulturmetropol.accounts.models import User
from outreach.actions.memos import correct, issue
from outreach.models import Memo
from outreach.views.memos import file_name
from tests.factories import AgreementFactory, MemoFactory, municipality

WHO = ["staff", "admin", "chair", "chair_elsewhere", "culture_head", "former_chair", "guest", "outsider"]
WHO += ["outside_admin", "nobody", "superuser"]


def issued(**fields) -> Memo:
    memo = MemoFactory(**fields)
    issue(memo=memo, by=None, version=memo.version)
    return memo


@pytest.fixture
def memos(cast) -> list[Memo]:
    """To Rødovre, of which there is a correction; to Køge; to Gribskov itself; to all; and of another region."""
    first = issued()
    correction = correct(memo=first, today=first.date)
    issue(memo=correction, by=None, version=correction.version)
    foreign = AgreementFactory(culture_region=CultureRegion.objects.get(slug="vest"))
    return [
        first,
        correction,
        issued(committee=Body.objects.get(name="Kultur- og Idrætsudvalget")),
        issued(committee=None, municipality=municipality("Gribskov")),
        issued(committee=None, kind="measures"),
        issued(committee=None, municipality=municipality("Rødovre"), agreement=foreign),
    ]


def test_a_file_is_handed_out_to_those_who_may_see_the_memo(log_in, cast, memos):
    superuser = User.objects.create_user("super@cast.example", name="super", is_superuser=True)
    seen = {}
    for name in WHO:
        user = superuser if name == "superuser" else getattr(cast, name)
        client, visible = log_in(user), set(Memo.objects.visible_to(user))
        for memo in memos:
            response = client.get(f"/notater/{memo.pk}/pdf/")
            assert response.status_code == (200 if memo in visible else 404), (name, memo)
            if memo in visible:
                assert response.content == bytes(memo.document.pdf)
                assert response["Content-Disposition"] == f'inline; filename="{file_name(memo)}"'
        seen[name] = [memos.index(each) for each in memos if each in visible]
    assert seen == {
        "staff": [0, 1, 2, 3, 4],
        "admin": [0, 1, 2, 3, 4],
        "chair": [0, 1, 4],
        "chair_elsewhere": [2, 4],
        "culture_head": [0, 1, 4],
        "former_chair": [],
        "guest": [3],
        "outsider": [5],
        "outside_admin": [5],
        "nobody": [],
        "superuser": [0, 1, 2, 3, 4, 5],
    }
