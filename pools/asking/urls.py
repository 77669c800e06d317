"""Addresses of requests for bilateral licences, below `/api/v1/`."""

from django.urls import path

from pools.asking.api import answering, asking

_REQUEST = "licence-requests/<uuid:request_id>"

urlpatterns = [
    path("pools/<uuid:pool_id>/licence-requests", asking.AskingView.as_view()),
    path("licence-requests/confirmation", asking.ConfirmationView.as_view()),
    path("licence-requests", answering.LicenceRequestsView.as_view()),
    path(_REQUEST, answering.LicenceRequestView.as_view()),
    path(f"{_REQUEST}/acknowledgement", answering.AcknowledgementView.as_view()),
    path(f"{_REQUEST}/answer", answering.AnswerView.as_view()),
    path(f"{_REQUEST}/closing", answering.RequestClosingView.as_view()),
]
