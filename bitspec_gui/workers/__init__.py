"""The only home of QThread: lanes in which use cases run beside the window."""
