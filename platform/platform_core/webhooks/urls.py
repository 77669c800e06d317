"""The addresses of webhooks, below `/api/v1/`."""

from django.urls import path

from platform_core.webhooks import api

urlpatterns = [
    path("webhooks", api.WebhooksView.as_view()),
    path("webhooks/<uuid:webhook_id>", api.WebhookView.as_view()),
    path("webhooks/<uuid:webhook_id>/end", api.WebhookEndView.as_view()),
    path("webhooks/<uuid:webhook_id>/resumption", api.WebhookResumptionView.as_view()),
    path("webhooks/<uuid:webhook_id>/secret", api.WebhookSecretView.as_view()),
    path("webhooks/<uuid:webhook_id>/test", api.WebhookTestView.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries", api.WebhookDeliveriesView.as_view()),
]
