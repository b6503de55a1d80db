"""Danish as data needs it: the order of the alphabet, lists in a sentence, the genitive, numbers."""

from collections.abc import Iterable

ALPHABET = "abcdefghijklmnopqrstuvwxyzæøå"


def sort_key(name: str) -> list[int]:
    """Sorts as a Danish reader expects: æ, ø and å last, and aa with å, as in Aalborg."""
    return [ALPHABET.find(letter) for letter in name.casefold().replace("aa", "å")]


def in_a_row(words: Iterable[str], last: str = " og ") -> str:
    """«a, b og c»."""
    *head, tail = list(words) or [""]
    return f"{', '.join(head)}{last}{tail}" if head else tail


ENDS_IN_S = ("s", "x", "z")
# «Nordfyns Kommune» is named in the genitive as it stands
GENITIVE_NAMES = {"Nordfyns", "Vesthimmerlands"}


def genitive(name: str) -> str:
    """«Rødovres», «Halsnæs'»: what belongs to somebody of this name."""
    if name in GENITIVE_NAMES:
        return name
    return f"{name}'" if name.casefold().endswith(ENDS_IN_S) else f"{name}s"


NUMBER_WORDS = ("nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")


def in_words(number: int) -> str:
    """A count in a sentence: a word up to twelve, then figures with a thousands point: «ni», «1.204»."""
    return NUMBER_WORDS[number] if number < len(NUMBER_WORDS) else f"{number:,}".replace(",", ".")


def counted(number: int, one: str, many: str) -> str:
    """«én deltager», «104 deltagere»."""
    return f"én {one}" if number == 1 else f"{in_words(number)} {many}"


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
