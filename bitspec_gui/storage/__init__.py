"""The library database. SQLAlchemy and Alembic live here only."""
