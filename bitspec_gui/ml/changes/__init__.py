"""Small changes of networks: low-rank products, adapters, and how they are kept, put on and taken off again."""
