"""News of billing that upper rooms answer for, in the transaction of the change."""

from collections.abc import Sequence
from datetime import date

from licensing.billing.models import Invoice, Settlement
from platform_core.access.actors import Actor
from platform_core.events import Hook

bank_charge_asked: Hook[[Actor, Invoice, date, int]] = Hook("a bank's charge is about to settle part of an invoice")
"""Told the day it counts from and its minor units; whoever knows how much is tolerated raises for more."""

settlement_returning: Hook[[Actor, Settlement]] = Hook("a settlement is about to be taken back")
"""Told before it is; whoever knows that it is taken back by other means raises."""

carried_returning: Hook[[Actor, Sequence[Invoice]]] = Hook("invoices that were carried over are about to be taken back")
"""Told of them once they are held; whoever knows that money for one of them is on its way raises."""

settlement_returned: Hook[[Actor, Settlement, date]] = Hook("a settlement was taken back")
"""Told once it is booked, with the day it is booked on."""
