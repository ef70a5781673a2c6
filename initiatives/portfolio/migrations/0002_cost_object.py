"""Every initiative has a cost object: what money can be given to."""

import django.db.models.deletion
from django.db import migrations, models


def give_cost_objects(apps, schema_editor):
    initiatives, cost_objects = apps.get_model("portfolio", "Initiative"), apps.get_model("funding", "CostObject")
    for row in initiatives.objects.filter(cost_object=None).iterator():
        department = row.accountable_department_id or row.lead_department_id
        made = cost_objects.objects.create(owner_id=row.accountable_person_id, department_id=department)
        initiatives.objects.filter(pk=row.pk).update(cost_object=made)


def column(**more):
    return models.OneToOneField(
        on_delete=django.db.models.deletion.PROTECT, related_name="initiative", to="funding.costobject", **more
    )


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_money"), ("portfolio", "0001_initiatives")]

    operations = [
        migrations.AddField("initiative", "cost_object", column(null=True)),
        migrations.RunPython(give_cost_objects, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("initiative", "cost_object", column()),
    ]
