"""The database of fine-tuning: datasets, jobs and model versions, in a SQLite file of its own."""
