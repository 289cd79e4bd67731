"""Drawing of molecules: what each stroke makes of a sketch. No Qt, no RDKit."""
