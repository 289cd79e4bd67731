"""RDKit lives here only: reading molecules, drawing them, describing them to networks."""
