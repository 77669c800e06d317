"""What has to be done by a day: one mechanism for every dated duty, with reminders, escalation and a calendar."""
