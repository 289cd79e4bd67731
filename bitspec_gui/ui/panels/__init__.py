"""The parts of the window: tabs and docks."""
