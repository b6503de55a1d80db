"""How much a packed file may hold: a zip says the size of each part before it is unpacked, and gives no more."""

import zipfile

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_PARTS = 5000


def is_too_large(packed: zipfile.ZipFile) -> bool:
    parts = packed.infolist()
    return len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES
