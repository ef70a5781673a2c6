"""The policy can be read as a whole, and says something about everything."""

import json

import pytest
from django.core.management import call_command

from initiatives.core.checks import url_names
from initiatives.core.policy import PUBLIC


def exported(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("policy_export", *arguments)
    return capsys.readouterr().out


def test_every_url_stands_in_the_export_with_who_may_use_it(capsys: pytest.CaptureFixture[str]) -> None:
    rules = json.loads(exported(capsys, "--json"))["urls"]
    assert {rule["url"] for rule in rules} == set(url_names())
    assert all(rule["to"] and rule["who"] for rule in rules)


def test_the_export_is_the_same_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert exported(capsys, "--json") == exported(capsys, "--json")


def test_the_list_for_people_names_every_url(capsys: pytest.CaptureFixture[str]) -> None:
    lines = exported(capsys)
    assert all(name in lines for name in url_names())


def test_few_urls_are_open_to_everybody(capsys: pytest.CaptureFixture[str]) -> None:
    rules = json.loads(exported(capsys, "--json"))["urls"]
    public = {rule["url"] for rule in rules if rule["to"] == PUBLIC}
    assert {name for name in public if not name.startswith("account_")} <= {"healthz", "readyz", "organization:accept_invitation"}
