"""The scopes: who sees what, and that a scope never outlives its work."""

import pytest
from django.db import ProgrammingError, connection, transaction

from portal.actors import SYSTEM
from portal.models import Client, Membership
from portal.tenancy import NotOnStaff, act_as, act_as_staff


class TestScopes:
    def test_outside_a_scope_nothing_of_a_client_is_readable(self, world):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Membership.objects.exists()

    def test_a_client_sees_its_own_rows_and_no_others(self, world):
        with act_as(world.alder.pk):
            assert {member.label for member in Membership.objects.all()} == {"Ann Archer", "Ben Baker", "Bill Butler"}
            assert [client.name for client in Client.objects.all()] == ["Alder Architects"]
