"""Alembic scripts, one file a change, in ``versions``; they travel inside the package.

To change the schema: edit ``storage/schema.py``, add ``versions/rNNNN_what.py`` with ``down_revision`` = the `HEAD` of
before, set `HEAD`. Opening a database then brings it up to date.
"""

HEAD = "0003"
"""Newest revision: a database that is there already needs no look at the scripts. A test compares."""
