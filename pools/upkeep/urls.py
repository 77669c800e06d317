"""Addresses of what keeps patents alive, below `/api/v1/`."""

from django.urls import path

from pools.upkeep.api import annuities, orders

urlpatterns = [
    path("patents/<uuid:patent_id>/annuities", annuities.PatentAnnuitiesView.as_view()),
    path("patents/<uuid:patent_id>/annuity-terms", annuities.PatentAnnuityTermsView.as_view()),
    path("annuities", annuities.AnnuitiesView.as_view()),
    path("annuity-payments", annuities.AnnuityPaymentsView.as_view()),
    path("annuity-payments/<uuid:payment_id>/cancellation", annuities.AnnuityPaymentCancellationView.as_view()),
    path("payment-orders", orders.PaymentOrdersView.as_view()),
    path("payment-orders/<uuid:order_id>", orders.PaymentOrderView.as_view()),
    path("payment-orders/<uuid:order_id>/lines", orders.PaymentOrderLinesView.as_view()),
    path("payment-orders/<uuid:order_id>/ordering", orders.PaymentOrderOrderingView.as_view()),
    path("payment-orders/<uuid:order_id>/cancellation", orders.PaymentOrderCancellationView.as_view()),
    path("payment-orders/<uuid:order_id>/payments", orders.PaymentOrderPaymentsView.as_view()),
    path("payment-orders/<uuid:order_id>/receipts", orders.PaymentOrderReceiptsView.as_view()),
    path("payment-orders/<uuid:order_id>/workbook", orders.PaymentOrderWorkbookView.as_view()),
]
