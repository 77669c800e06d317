"""What rests on patents: who records it, who sees it, and when it is over."""
