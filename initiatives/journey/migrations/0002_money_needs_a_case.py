from typing import Any

from django.db import migrations, models

KEPT = "As it was before money needed a case unless somebody says otherwise."


def keep_what_holds(apps: Any, schema_editor: Any) -> None:
    """A company that is here and has set nothing asked for no case; that stays until its CXO says otherwise."""
    policy = apps.get_model("journey", "MapPolicy")
    if apps.get_model("organization", "User").objects.exists() and not policy.objects.exists():
        policy.objects.create(funding_needs_case=False, reason=KEPT)


class Migration(migrations.Migration):

    dependencies = [
        ('journey', '0001_tables_and_laws'),
    ]

    operations = [
        migrations.RunPython(keep_what_holds, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='mappolicy',
            name='funding_needs_case',
            field=models.BooleanField(default=True),
        ),
    ]
