"""Money through a payment service: what a licensee pays online, what is given back, and what banks take back."""
