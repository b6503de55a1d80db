"""In which language a user reads the portal and gets mail: Danish for everybody, until they choose."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0005_closed_users")]

    operations = [
        migrations.AddField(
            "user",
            "language",
            models.CharField(
                "language",
                choices=[("da", "Dansk"), ("en", "English")],
                default="da",
                help_text="Of the pages, and of the mails to you.",
                max_length=2,
            ),
        ),
    ]
