"""What a member's amount of a close is made of, by product and country, told without telling of licensees."""
