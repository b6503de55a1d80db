"""Each user's address as allauth keeps it: without the row nobody from before would be found by an address in mixed case."""

from django.db import migrations


def add_addresses(apps, schema_editor):
    address = apps.get_model("account", "EmailAddress")
    for user in apps.get_model("accounts", "User").objects.all():
        address.objects.update_or_create(
            user=user, defaults={"email": user.email.lower(), "verified": True, "primary": True}
        )


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_outreach"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(add_addresses, migrations.RunPython.noop)]
