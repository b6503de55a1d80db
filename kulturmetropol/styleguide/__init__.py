"""The page that shows each component with all its states, for those who work on the portal."""
