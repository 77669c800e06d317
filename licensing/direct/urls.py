"""Addresses of licences outside a programme, below `/api/v1/`."""

from django.urls import path

from licensing.direct import api

urlpatterns = [
    path("direct-licences", api.DirectLicencesView.as_view()),
    path("direct-licences/<uuid:licence_id>", api.DirectLicenceView.as_view()),
    path("direct-licences/<uuid:licence_id>/findings", api.DirectFindingsView.as_view()),
    path("direct-licences/<uuid:licence_id>/consents", api.OwnerConsentsView.as_view()),
    path("direct-licences/<uuid:licence_id>/sending", api.DirectSendingView.as_view()),
    path("direct-licences/<uuid:licence_id>/return", api.DirectReturnView.as_view()),
    path("direct-licences/<uuid:licence_id>/signature", api.DirectSignatureView.as_view()),
    path("direct-licences/<uuid:licence_id>/signature-check", api.DirectSignatureCheckView.as_view()),
    path("direct-licences/<uuid:licence_id>/countersignature", api.DirectCountersignatureView.as_view()),
    path("direct-licences/<uuid:licence_id>/termination", api.DirectTerminationView.as_view()),
    path("direct-licences/<uuid:licence_id>/cancellation", api.DirectCancellationView.as_view()),
]
