"""Drawing of molecules: the paper, the hands, and the frame around them."""
