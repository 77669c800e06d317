"""A programme's totals, told to those who may know sums but nobody's part in them."""
