"""What the portal stores on persons: on which page it is told, how long it is kept, handed out and erased."""
