"""When an account was closed. Of those that are closed already nobody knows it, so their time begins now."""

from django.db import migrations, models
from django.utils import timezone


def begin_now(apps, schema_editor):
    apps.get_model("accounts", "User").objects.filter(is_active=False).update(closed_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_email_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="closed"),
        ),
        migrations.RunPython(begin_now, migrations.RunPython.noop),
    ]
