"""The library database: SQLite through SQLAlchemy, migrated by Alembic. No other floor imports either."""
