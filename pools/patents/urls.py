"""Addresses of patents, below `/api/v1/`."""

from django.urls import path

from pools.patents import api
from pools.patents.differences import api as differences
from pools.patents.encumbrances import api as encumbrances
from pools.patents.portfolio import api as portfolio
from pools.patents.record import api as record

urlpatterns = [
    path("patents", api.PatentsView.as_view()),
    path("patents/portfolio", portfolio.PortfolioView.as_view()),
    path("patents/<uuid:patent_id>", api.PatentView.as_view()),
    path("patents/<uuid:patent_id>/owners", api.PatentOwnersView.as_view()),
    path("patents/<uuid:patent_id>/transfers", api.PatentTransfersView.as_view()),
    path("patents/<uuid:patent_id>/bibliography", record.PatentRecordView.as_view()),
    path("patents/<uuid:patent_id>/legal-status", record.LegalStatusView.as_view()),
    path("encumbrances", encumbrances.EncumbrancesView.as_view()),
    path("encumbrances/<uuid:encumbrance_id>/end", encumbrances.EncumbranceEndView.as_view()),
    path("differences", differences.DifferencesView.as_view()),
    path("differences/decisions", differences.DifferenceDecisionsView.as_view()),
    path("patent-families", api.PatentFamiliesView.as_view()),
]
