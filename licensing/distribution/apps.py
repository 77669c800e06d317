"""Distribution as an application."""

from django.apps import AppConfig


class DistributionConfig(AppConfig):
    """Distributions of what was received, and members' statements of them."""

    name = "licensing.distribution"
    label = "distribution"

    def ready(self) -> None:
        """Say which sentences of ours are stored, and what distributions and statements are called."""
        from licensing.distribution import home
        from licensing.distribution.exchange import home as exchange
        from licensing.distribution.exchange.claims import EXCHANGES
        from licensing.distribution.exchange.models import Conversion, RateSheet
        from licensing.distribution.models import DistributionItem, DistributionRun, MemberInvoice, Objection
        from licensing.distribution.subscribers import refuse_what_awaits_an_invoice, refuse_what_is_held
        from licensing.distribution.withholding import home as withholding
        from licensing.distribution.withholding.claims import REMITTANCES
        from licensing.distribution.withholding.models import TaxRemittance, TreatyRelief, Withholding
        from platform_core.audit.events import declare_sentence
        from platform_core.home.registry import tell_changes, tell_names, tell_waiting
        from platform_core.treasury.claims import register_claimant
        from platform_core.treasury.events import PAYOUT_ASKED

        declare_sentence("distribution_run.calculation_failed", "message")
        tell_waiting(home.runs_to_settle)
        tell_waiting(home.objections_to_answer)
        tell_waiting(home.member_invoices_to_give)
        tell_waiting(home.member_invoices_to_check)
        tell_waiting(home.waivers_to_decide)
        tell_waiting(withholding.to_confirm)
        tell_waiting(exchange.to_confirm)
        tell_changes(home.new_statements)
        tell_names(DistributionRun, along=("programme",))
        tell_names(DistributionItem, home.name_of_statement, along=("run__programme",))
        tell_names(Withholding, home.name_of_member_invoice, along=("item__run__programme",))
        tell_names(Conversion, home.name_of_member_invoice, along=("item__run__programme",))
        tell_names(RateSheet)
        tell_names(TreatyRelief)
        tell_names(TaxRemittance)
        tell_names(MemberInvoice, home.name_of_member_invoice, along=("item__run__programme",))
        register_claimant(REMITTANCES)
        register_claimant(EXCHANGES)
        PAYOUT_ASKED.subscribe(refuse_what_is_held)
        PAYOUT_ASKED.subscribe(refuse_what_awaits_an_invoice)
        tell_names(Objection, home.name_of_objection, along=("item__run__programme",))
