"""The secrets of second factors stand in the database only encrypted: a stolen database makes nobody's codes (A23)."""

import base64

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.forms import ValidationError

from portal.outbox import secret_links
from portal.secondfactor import SecondFactorAdapter


def stored(person, kind):
    return str(Authenticator.objects.get(user=person.user, type=kind).data)


class TestKept:
    def test_an_app_s_secret_is_not_in_the_row(self, world):
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(world.ann.user, secret)
        raw = stored(world.ann, "totp")
        assert secret not in raw
        assert base64.b32decode(secret).hex() not in raw

    def test_its_codes_work_all_the_same(self, world):
        secret = totp.generate_totp_secret()
        row = totp.TOTP.activate(world.ann.user, secret)
        code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
        assert row.validate_code(code)

    def test_recovery_codes_cannot_be_made_from_the_row(self, world):
        codes = RecoveryCodes.activate(world.ann.user)
        raw = stored(world.ann, "recovery_codes")
        assert codes.instance.data["seed"] in raw
        seed = SecondFactorAdapter().decrypt(codes.instance.data["seed"])
        assert seed not in raw
        assert not any(code in raw for code in codes.get_unused_codes())


class TestKeys:
    def test_the_same_secret_looks_different_each_time(self):
        assert SecondFactorAdapter().encrypt("JBSWY3DP") != SecondFactorAdapter().encrypt("JBSWY3DP")

    def test_another_secret_key_opens_nothing(self, settings):
        kept = SecondFactorAdapter().encrypt("JBSWY3DP")
        settings.SECRET_KEY = "another-key-of-the-portal-that-is-long-enough-0000"
        with pytest.raises(ValidationError, match="ask our team"):
            SecondFactorAdapter().decrypt(kept)

    KEPT = ["", "JBSWY3DP", "é", secret_links.lock("https://x").decode()]

    @pytest.mark.parametrize("kept", KEPT, ids=["nothing", "plain", "accent", "a link"])
    def test_what_was_not_encrypted_for_this_opens_nothing(self, kept):
        with pytest.raises(ValidationError):
            SecondFactorAdapter().decrypt(kept)

    def test_a_lost_key_is_a_sentence_at_sign_in_and_no_fault(self, world, client, settings):
        totp.TOTP.activate(world.cora.user, totp.generate_totp_secret())
        client.post("/accounts/login/", {"login": "cora@example.org", "password": "correct-horse-battery"})
        Authenticator.objects.filter(user=world.cora.user).update(data={"secret": "unreadable"})
        answer = client.post("/accounts/2fa/authenticate/", {"code": "123456"})
        assert answer.status_code == 200
        assert "cannot be checked any more" in answer.content.decode()
