"""What licences under a programme agree besides the price: grant-back, challenges of validity, most-favoured terms."""
