"""Fine-tuning: what of a network learns, how its change is kept, the loop that teaches it, and whether it helped."""
