"""The PostgreSQL server that comes with the site, its roles, and any other server it is pointed at."""
