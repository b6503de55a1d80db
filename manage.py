#!/usr/bin/env python
"""Django's command line, with one clear line where a setting is missing or the database does not answer."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kulturmetropol.settings")
    from django.db import OperationalError  # after the settings module is named

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        from kulturmetropol.database import explain

        sys.exit(explain(error))


if __name__ == "__main__":
    main()
