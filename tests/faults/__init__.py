"""What happens to money when calls fail and programs die: nothing is lost, and nothing is there twice."""
