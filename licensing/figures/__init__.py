"""Figures for finance: billed, received, given out, overdue and to come, by programme, currency and month."""
