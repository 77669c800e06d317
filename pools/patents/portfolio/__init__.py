"""What many patents look like together: by year, country, class and owner."""
