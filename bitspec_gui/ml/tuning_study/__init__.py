"""Measures fine-tuning on simulated laboratories, through the code that a user's own fine-tuning goes through."""
