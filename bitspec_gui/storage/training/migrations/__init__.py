"""Alembic scripts of the database of fine-tuning, one file a change, in ``versions``; they travel inside the package.

They work as those of libraries do (`storage.migrations`); their revisions begin with ``t``, so that neither database is taken
for the other.
"""

HEAD = "t0001"
"""Newest revision: a database that is there already needs no look at the scripts. A test compares."""
