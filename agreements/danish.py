"""Danish as data needs it: the order of the alphabet and lists in a sentence."""

from collections.abc import Iterable

ALPHABET = "abcdefghijklmnopqrstuvwxyzæøå"


def sort_key(name: str) -> list[int]:
    """Sorts as a Danish reader expects: æ, ø and å last, and aa with å, as in Aalborg."""
    return [ALPHABET.find(letter) for letter in name.casefold().replace("aa", "å")]


def in_a_row(words: Iterable[str], last: str = " og ") -> str:
    """«a, b og c»."""
    *head, tail = list(words) or [""]
    return f"{', '.join(head)}{last}{tail}" if head else tail


OFFICIAL_NAMES = {"Bornholm": "Bornholms Regionskommune", "København": "Københavns Kommune"}
COUNCIL_MEETINGS = {
    "Borgerrepræsentationen": "Borgerrepræsentationsmøde",
    "Byrådet": "Byrådsmøde",
    "Kommunalbestyrelsen": "Kommunalbestyrelsesmøde",
}


def official_name(municipality: str) -> str:
    """The municipality as an authority: Rødovre Kommune."""
    return OFFICIAL_NAMES.get(municipality, f"{municipality} Kommune")


def council_meeting(council: str) -> str:
    """The word for a meeting of the council, which the municipalities call by three names."""
    return COUNCIL_MEETINGS.get(council, COUNCIL_MEETINGS["Kommunalbestyrelsen"])
