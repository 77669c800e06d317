"""What a member's amount of a distribution is made of, by product and country, as far as that tells of no licensee."""
