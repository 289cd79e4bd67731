"""Networks. torch and PyG live here only."""
