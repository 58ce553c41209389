"""Logs carry events, never the words of people or their secrets."""

import json
import logging
import logging.config

import pytest
import structlog

from portal.logs import logging_settings


@pytest.fixture(params=["json", "console"])
def style(request: pytest.FixtureRequest):
    yield request.param
    logging.config.dictConfig(logging_settings("console", "INFO"))


def test_bodies_and_secrets_are_hidden(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_settings(style, "INFO"))
    structlog.get_logger("portal.test").info("mail sent", body="Dear Ann", token="abc123", subject_length=12)
    line = capsys.readouterr().err
    assert "mail sent" in line
    assert "Dear Ann" not in line
    assert "abc123" not in line


def test_a_traceback_never_shows_local_values(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_settings(style, "INFO"))
    password = "".join(["hun", "ter", "2"])
    try:
        raise RuntimeError("sign-in failed")
    except RuntimeError:
        logging.getLogger("portal.test").exception("trouble")
    line = capsys.readouterr().err
    assert "sign-in failed" in line
    assert password not in line


def test_json_lines_can_be_read_by_machines(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_settings("json", "INFO"))
    logging.getLogger("portal.test").warning("queue is long: %s", 12)
    found = json.loads(capsys.readouterr().err)
    assert found["event"] == "queue is long: 12"
    assert found["level"] == "warning"
    assert found["timestamp"].endswith("Z")
    logging.config.dictConfig(logging_settings("console", "INFO"))
