import datetime

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0006_user_invitation"),
        ("outreach", "0005_memo_runs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="memo",
            constraint=models.CheckConstraint(
                condition=models.Q(("date__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)))),
                name="memo_date_sensible",
                violation_error_message="The date has to be from 2000 to 2100.",
            ),
        ),
        migrations.AddConstraint(
            model_name="memorun",
            constraint=models.CheckConstraint(
                condition=models.Q(("date__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)))),
                name="memorun_date_sensible",
                violation_error_message="The date has to be from 2000 to 2100.",
            ),
        ),
    ]
