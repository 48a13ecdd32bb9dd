"""The PostgreSQL side of the ports."""
