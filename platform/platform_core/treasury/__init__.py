"""Bank accounts, what banks say of them, whom to pay, and payments: what moves money, whatever it is for."""
