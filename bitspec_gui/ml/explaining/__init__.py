"""What a prediction rests on: methods that give atoms and bonds scores, all behind the `Explainer` port."""
