"""The leads."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the table."""

    initial = True
    operations: ClassVar = [
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("event_id", models.UUIDField(unique=True)),
                ("account_id", models.TextField()),
                ("contact_id", models.TextField()),
                ("name", models.TextField(null=True)),
                ("text", models.TextField(null=True)),
            ],
        ),
    ]
