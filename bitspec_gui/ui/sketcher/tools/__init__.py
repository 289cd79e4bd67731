"""What each tool does with the mouse: one file a tool."""
