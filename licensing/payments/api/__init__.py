"""Money of invoices over HTTP: through the payment service, and by bank."""
